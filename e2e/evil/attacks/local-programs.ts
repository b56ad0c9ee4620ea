import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { connect, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { delay, withDeadline } from '../../../node/base/deadline.ts'
import { connectControl } from '../../../node/control/control-client.ts'
import { testPassword } from '../../../node/peer/testing/test-peer.ts'
import { variant, type Attack, type Outcome } from '../attack.ts'
import { apiUrl, makeKey, type PlainKey } from '../harness/programs.ts'
import type { Scene } from '../harness/scene.ts'
import { Squatter } from '../hostile/squatter.ts'

/** As long as makes the path of a socket inside the profile too long for the system. */
const longName = 'a-rather-long-name-of-a-folder-'.repeat(4)
const promptMs = 2_000
const silentConnections = 520
const wrongPasswords = 12
const maxBodyBytes = 4 * 1024 * 1024

function attack(name: string, run: (scene: Scene) => Promise<readonly string[]>): Attack {
  const outcome = async (scene: Scene): Promise<Outcome> => ({ culprit: null, harms: await run(scene) })
  return { name, as: 'local program', run: outcome }
}

const squattedSocket = attack('a socket where a command expects its peer', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'kith-evil-'))
  const profileDir = join(folder, longName)
  await mkdir(profileDir)
  const squatter = await Squatter.listen(profileDir)
  try {
    const control = await connectControl(profileDir)
    if (control.ok && control.value) {
      const unlocking = control.value.call('account.unlock', { username: 'owner', password: testPassword })
      await withDeadline(unlocking, promptMs)
      control.value.close()
    }
    return squatter.heard.includes(testPassword) ? ['somebody else’s socket was sent the password'] : []
  } finally {
    await squatter.close()
    await rm(folder, { recursive: true, force: true, maxRetries: 10 })
  }
})

/** Opens connections to the victim's local API that say so much, and no more; harm is whatever a program hears meanwhile. */
function heldConnections(name: string, said: string): Attack {
  return attack(name, async (scene) => {
    const key = await makeKey(scene.victim, scene.poolId, {})
    const url = new URL(await apiUrl(scene.victim))
    const sockets = Array.from({ length: silentConnections }, () => held(Number(url.port), said))
    await delay(promptMs)
    try {
      return await harmToProgram(scene, key)
    } finally {
      for (const socket of sockets) socket.destroy()
    }
  })
}

function held(port: number, said: string): Socket {
  const socket = connect(port, '127.0.0.1')
  socket.on('error', () => socket.destroy())
  if (said !== '') socket.write(said)
  return socket
}

async function harmToProgram({ victim }: Scene, { plainKey }: PlainKey): Promise<string[]> {
  const headers = { authorization: `Bearer ${plainKey}`, connection: 'close' }
  try {
    const signal = AbortSignal.timeout(promptMs)
    const { status } = await fetch(`${await apiUrl(victim)}/models`, { headers, signal })
    return status === 200 ? [] : [`a program gets ${status}`]
  } catch (cause) {
    return [`a program gets no reply: ${cause instanceof Error ? cause.message : String(cause)}`]
  }
}

/** Announces a large body and sends none of it: whoever waits for it reads bodies of just anybody. */
function unreadBody(name: string, path: string): Attack {
  return attack(name, async ({ victim }) => {
    const { port } = new URL(await apiUrl(victim))
    const head = [
      `POST ${path} HTTP/1.1`,
      `host: 127.0.0.1:${port}`,
      'content-type: application/json',
      `content-length: ${maxBodyBytes}`,
    ]
    const socket = held(Number(port), `${head.join('\r\n')}\r\n\r\n`)
    const heard = new Promise<string>((resolve) => socket.once('data', (chunk: Buffer) => resolve(chunk.toString())))
    const reply = await withDeadline(heard, promptMs)
    socket.destroy()
    return reply.inTime ? [] : ['a body is waited for that was refused already']
  })
}

async function logIn(scene: Scene, username: string, password: string): Promise<{ code: string; ms: number }> {
  const beganMs = performance.now()
  const response = await fetch(`${await apiUrl(scene.victim)}/sessions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ username, password }),
  })
  const text = await response.text()
  const code = /"code":\s*"(\w+)"/.exec(text)?.[1] ?? String(response.status)
  return { code: `${response.status} ${code}`, ms: performance.now() - beganMs }
}

const guessedPasswords = attack('wrong passwords at the local API', async (scene) => {
  const { victim } = scene
  for (let guess = 0; guess < wrongPasswords; guess += 1) await logIn(scene, victim.username, `wrong password ${guess}`)
  const owner = await victim.install.result('session.open', {
    ...{ username: victim.username, password: testPassword, kind: 'window' },
  })
  return owner.ok ? [] : [`the owner hears: ${owner.error.message}`]
})

const guessedNames = attack('names tried at the local API', async (scene) => {
  const known = await logIn(scene, scene.victim.username, 'a wrong password')
  const unknown = await logIn(scene, 'nobody-of-that-name', 'a wrong password')
  if (known.code !== unknown.code) return [`a known name gets ${known.code}, an unknown one ${unknown.code}`]
  const [less = 0, more = 0] = [known.ms, unknown.ms].sort((left, right) => left - right)
  return more > 5 * less ? [`a known name takes ${known.ms} ms, an unknown one ${unknown.ms} ms`] : []
})

export const localPrograms: readonly Attack[] = [
  squattedSocket,
  heldConnections('connections to the local API that say nothing', ''),
  variant(
    heldConnections('connections to the local API that never end their headers', 'GET /v1/models HTTP/1.1\r\nhost: '),
  ),
  unreadBody('a body for an unknown address', '/v1/nothing-of-that-name'),
  variant(unreadBody('a body without a key', '/v1/chat/completions')),
  guessedNames,
  guessedPasswords,
]
