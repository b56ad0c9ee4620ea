// An Ollama program for tests with real parts: the installed one, else one built from its Go module.
import { mkdir, rename, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { cacheFolder, isRoot } from '../setup/paths.mjs'
import { Problem } from '../setup/problem.mjs'
import { findProgram, isThere, runStep } from './real-parts.mjs'

const version = '0.17.4'
const goModule = 'github.com/ollama/ollama'
const headerPackages = ['nlohmann-json3-dev', 'libstb-dev']

// Ollama decodes audio input with this header, which Debian does not package. Tests send no audio, so every
// decode answers an error.
const miniaudioStandIn = `#pragma once
#include <stddef.h>
typedef int ma_result;
typedef unsigned int ma_uint32;
typedef unsigned long long ma_uint64;
typedef enum { ma_format_unknown = 0, ma_format_f32 = 5 } ma_format;
typedef struct { ma_format format; ma_uint32 channels; ma_uint32 sampleRate; } ma_decoder_config;
typedef struct { int unused; } ma_decoder;
#define MA_SUCCESS 0
#define KITH_NO_AUDIO (-29)
static inline ma_decoder_config ma_decoder_config_init(ma_format f, ma_uint32 c, ma_uint32 r) {
  ma_decoder_config k = {f, c, r};
  return k;
}
static inline ma_result ma_decoder_init_memory(const void *d, size_t n, const ma_decoder_config *c, ma_decoder *o) {
  (void)d; (void)n; (void)c; (void)o;
  return KITH_NO_AUDIO;
}
static inline ma_result ma_decoder_get_length_in_pcm_frames(ma_decoder *o, ma_uint64 *n) {
  (void)o;
  *n = 0;
  return KITH_NO_AUDIO;
}
static inline ma_result ma_decoder_read_pcm_frames(ma_decoder *o, void *p, ma_uint64 n, ma_uint64 *r) {
  (void)o; (void)p; (void)n;
  *r = 0;
  return KITH_NO_AUDIO;
}
static inline ma_result ma_decoder_uninit(ma_decoder *o) {
  (void)o;
  return MA_SUCCESS;
}
`

/** Path of an Ollama program; builds one into the cache (minutes, once) where none is installed. */
export async function ensureOllama() {
  const installed = await findProgram('ollama')
  if (installed) return installed
  const built = join(cacheFolder(), `ollama-${version}`, 'ollama')
  if (await isThere(built)) return built
  const go = await findProgram('go')
  if (!go) throw new Problem('Neither Ollama nor Go is installed. Install Ollama, or Go to build it, and try again.')
  await ensureHeaders()
  await build(go, built)
  return built
}

/**
 * @param {string} go
 * @param {string} target
 */
async function build(go, target) {
  const work = join(cacheFolder(), 'ollama-build')
  const includes = join(work, 'include')
  await mkdir(join(includes, 'miniaudio'), { recursive: true })
  await writeFile(join(includes, 'miniaudio', 'miniaudio.h'), miniaudioStandIn)
  // Without these flags the CPU engine runs three times slower; other processors take Go's defaults.
  const flags = process.arch === 'x64' ? '-O3 -mavx2 -mfma -mf16c' : '-O3'
  const stamp = `-ldflags=-X=${goModule}/version.Version=${version}`
  const args = ['-n', '10', go, 'install', stamp, `${goModule}@v${version}`]
  const env = { CGO_ENABLED: '1', CGO_CFLAGS: flags, CGO_CXXFLAGS: `${flags} -I${includes}`, GOBIN: work }
  await runStep('Building Ollama from its Go module (minutes, once)', 'nice', args, env)
  await mkdir(dirname(target), { recursive: true })
  await rename(join(work, 'ollama'), target)
  await rm(work, { recursive: true, force: true })
}

/** Headers that the module's archive leaves out. */
async function ensureHeaders() {
  if ((await isThere('/usr/include/nlohmann/json.hpp')) && (await isThere('/usr/include/stb'))) return
  const isDebian = (await findProgram('apt-get')) !== null
  if (!isDebian || !isRoot) {
    throw new Problem(`Ollama's build needs headers. Run as root: apt-get install -y ${headerPackages.join(' ')}`)
  }
  const env = { DEBIAN_FRONTEND: 'noninteractive' }
  await runStep('Refreshing the package lists', 'apt-get', ['update', '-qq'], env)
  await runStep('Installing headers', 'apt-get', ['install', '-y', '-qq', ...headerPackages], env)
}
