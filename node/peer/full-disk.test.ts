import { execFile } from 'node:child_process'
import { mkdtemp, rm, rmdir, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, it } from 'vitest'
import { startLocalNetwork } from '../net/local-network.ts'
import { TestPeer } from './testing/test-peer.ts'

const run = promisify(execFile)
/** Only root may mount a small disk; CI runs as root. */
const mayMount = process.platform === 'linux' && process.getuid?.() === 0

/** Fills a disk to the last byte; answers the files that did it. */
async function fill(directory: string): Promise<string[]> {
  const files: string[] = []
  for (let bytes = 1024 * 1024; bytes >= 1; bytes = Math.floor(bytes / 16)) {
    for (let isRoom = true; isRoom;) {
      const file = join(directory, `fill-${files.length}`)
      isRoom = await writeFile(file, Buffer.alloc(bytes)).then(
        () => true,
        () => false,
      )
      files.push(file)
    }
  }
  return files
}

it.runIf(mayMount)('says that the disk is full, goes on once there is room, and loses nothing', async () => {
  const disk = await mkdtemp(join(tmpdir(), 'kith-disk-'))
  await run('mount', ['-t', 'tmpfs', '-o', 'size=64m', 'tmpfs', disk])
  const network = await startLocalNetwork()
  const directory = join(disk, 'install')
  try {
    const peer = await TestPeer.start('full', network, { directory, logLevel: 'silent' })
    await peer.signUp()
    const [pool] = (await peer.state()).pools
    if (!pool) throw new Error('Signing up makes a pool')
    const question = { model: await peer.importTinyModel(), poolId: pool.poolId }
    await peer.ask({ text: 'Before.', ...question })
    const files = await fill(disk)
    const full = { ok: false, error: { code: 'disk_full' } }
    expect(await peer.peer.call('chat.ask', { chatId: null, text: 'x'.repeat(100_000), ...question })).toMatchObject(
      full,
    )
    expect(await peer.peer.call('pool.create', { name: 'Another' })).toMatchObject(full)
    await Promise.all(files.map((file) => rm(file, { force: true })))
    expect((await peer.ask({ text: 'After.', ...question })).answer?.state).toBe('complete')
    await peer.stop()
    const again = await TestPeer.start('full', network, { directory, logLevel: 'silent' })
    await again.unlock()
    expect((await again.state()).chats.map(({ title }) => title)).toEqual(['After.', 'Before.'])
    await again.stop()
  } finally {
    await network.stop()
    // Lazily: a store that met the full disk keeps its file until the process ends.
    await run('umount', ['--lazy', disk])
    await rmdir(disk)
  }
})
