import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { startSecondInstall, type SecondInstall } from './second-install.ts'

const network = {
  host: '127.0.0.1',
  bootstrap: [{ host: '127.0.0.1', port: 4711 }],
  stop: () => Promise.resolve(),
} as const

let folder: string
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'kith-second-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

/** Runs a script of this test in place of the app. */
function start(script: string): SecondInstall {
  const file = path.join(folder, 'second.mjs')
  writeFileSync(file, script)
  return startSecondInstall({
    command: [process.execPath, file],
    profileDir: path.join(folder, 'profile'),
    modelsDir: path.join(folder, 'models'),
    logLevel: 'silent',
    network,
    inviteLink: 'kith://join/abc',
  })
}

const ready = `process.stdout.write(JSON.stringify({ demo: 'ready' }) + '\\n')`

describe('the second install', () => {
  it('gets the invite by its environment, never by its arguments, and is told where the network is', async () => {
    const second = start(`
      const args = process.argv.slice(2).join(' ')
      const fits = process.env.KITH_DEMO_INVITE === 'kith://join/abc' && !args.includes('kith://')
        && args.includes('--bootstrap 127.0.0.1:4711') && args.includes('--demo-role second')
      if (fits) ${ready}
      process.stdin.on('end', () => process.exit(0)).resume()
    `)
    expect(await second.ready).toMatchObject({ ok: true })
    await second.stop()
    await second.gone
  })

  it('reports a start that ends at once', async () => {
    const second = start('process.exit(3)')
    expect(await second.ready).toMatchObject({
      ok: false,
      error: { details: { reason: expect.stringContaining('3') } },
    })
    await second.gone
  })

  it('hands on the reason it gave', async () => {
    const error = { code: 'disk_full', message: 'The disk is full.', details: {} }
    const second = start(`console.log(JSON.stringify({ demo: 'failed', error: ${JSON.stringify(error)} }))`)
    expect(await second.ready).toMatchObject({ ok: false, error: { message: expect.stringContaining(error.message) } })
    await second.gone
  })

  it('is ended when it ignores every request to close', async () => {
    const second = start(`process.on('SIGTERM', () => {}); setInterval(() => {}, 1000); ${ready}`)
    await second.ready
    await second.stop()
    await second.gone
  })

  it('says so where the program cannot be started', async () => {
    const second = startSecondInstall({
      command: [path.join(folder, 'missing')],
      profileDir: folder,
      modelsDir: folder,
      logLevel: 'silent',
      network,
      inviteLink: 'kith://join/abc',
    })
    expect(await second.ready).toMatchObject({ ok: false, error: { code: 'demo_failed' } })
    await second.gone
  })
})
