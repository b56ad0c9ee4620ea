import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { z } from 'zod'
import { delay, withDeadline } from '../../../node/base/deadline.ts'
import { newAddress, pathOfAddress } from '../../../node/control/control-address.ts'
import { connectControl } from '../../../node/control/control-client.ts'
import { newRecord, writeControlRecord } from '../../../node/control/control-record.ts'
import { SquattingPeer } from '../../../node/control/testing/hostile-socket.ts'
import { head, HostileProgram } from '../../../node/http/testing/hostile-program.ts'
import { testPassword, valueOf } from '../../../node/peer/testing/test-peer.ts'
import { variant, type Attack, type Outcome } from '../attack.ts'
import { apiUrl, makeKey, type PlainKey } from '../harness/programs.ts'
import type { Scene } from '../harness/scene.ts'

/** As long as makes the path of a socket inside the profile too long for the system. */
const longName = 'a-rather-long-name-of-a-folder-'.repeat(4)
const promptMs = 2_000
const silentConnections = 520
/** So many that the last has to wait for seconds: the first are checked at once, and each further one later. */
const wrongPasswords = 7
const leastWaitMs = 1_000
const maxBodyBytes = 4 * 1024 * 1024

/** How often it was done, and what came of it. */
interface Tried {
  readonly attempts: number
  readonly harms: readonly string[]
}

function attack(name: string, run: (scene: Scene) => Promise<Tried>): Attack {
  const outcome = async (scene: Scene): Promise<Outcome> => ({ culprit: null, ...(await run(scene)) })
  return { name, as: 'local program', run: outcome }
}

/** Greets like a peer that needs no proof, and says yes to everything. */
const greeting = { type: 'hello', protocol: 1 }

const squattedSocket = attack('a socket where a command expects its peer', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'kith-evil-'))
  const profileDir = join(folder, longName)
  await mkdir(profileDir, { mode: 0o700 })
  let attempts = 0
  const squatter = new SquattingPeer((socket) => {
    attempts += 1
    socket.write(framed(greeting))
  })
  try {
    // What a peer that was killed has left: its record, and an address at which nobody listens any more.
    const address = valueOf(await newAddress(profileDir))
    valueOf(await writeControlRecord(profileDir, newRecord(address)))
    await squatter.listen(pathOfAddress(profileDir, address))
    const control = await connectControl(profileDir)
    if (control.ok && control.value) {
      const unlocking = control.value.call('account.unlock', { username: 'owner', password: testPassword })
      await withDeadline(unlocking, promptMs)
      control.value.close()
    }
    const harms = squatter.heardBytes.includes(testPassword) ? ['somebody else’s socket was sent the password'] : []
    if (control.ok) harms.push('nobody says that something else answers there')
    return { attempts, harms }
  } finally {
    await squatter.close()
    await rm(folder, { recursive: true, force: true, maxRetries: 10 })
  }
})

function framed(value: unknown): Buffer {
  const body = Buffer.from(JSON.stringify(value))
  const head = Buffer.alloc(4)
  head.writeUInt32BE(body.byteLength)
  return Buffer.concat([head, body])
}

/** Opens connections to the victim's local API that say so much, and no more; harm is whatever a program hears meanwhile. */
function heldConnections(name: string, said: string): Attack {
  return attack(name, async (scene) => {
    const key = await makeKey(scene.victim, scene.poolId, {})
    const port = await apiPort(scene)
    const programs = await Promise.all(Array.from({ length: silentConnections }, () => HostileProgram.open(port)))
    for (const program of programs) program.write(said)
    const attempts = programs.filter(({ socket }) => !socket.pending && socket.bytesRead >= 0).length
    await delay(promptMs)
    try {
      return { attempts, harms: await harmToProgram(scene, key) }
    } finally {
      for (const program of programs) program.close()
    }
  })
}

async function apiPort({ victim }: Scene): Promise<number> {
  return Number(new URL(await apiUrl(victim)).port)
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
function unreadBody(name: string, path: string, status: number): Attack {
  return attack(name, async (scene) => {
    const port = await apiPort(scene)
    const program = await HostileProgram.open(port)
    const headers = { 'content-type': 'application/json', 'content-length': String(maxBodyBytes) }
    program.write(head('POST', path, port, headers))
    const replied = new Promise((resolve) => program.socket.once('data', resolve).once('close', resolve))
    await withDeadline(replied, promptMs)
    program.close()
    const isRefused = program.heard.startsWith(`HTTP/1.1 ${status} `)
    const reply = program.heard === '' ? 'nothing' : program.heard.slice(0, 40)
    return {
      attempts: program.socket.bytesWritten > 0 ? 1 : 0,
      harms: isRefused ? [] : [`a body was waited for that is refused: within ${promptMs} ms came ${reply}`],
    }
  })
}

interface Login {
  readonly code: string
  readonly ms: number
}

async function logIn(scene: Scene, username: string, password: string): Promise<Login> {
  const beganMs = performance.now()
  const response = await fetch(`${await apiUrl(scene.victim)}/sessions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ username, password }),
  })
  const said = refusalSchema.safeParse(await response.json())
  const code = said.success ? said.data.error.kith.code : String(response.status)
  return { code, ms: performance.now() - beganMs }
}

const refusalSchema = z.object({ error: z.object({ kith: z.object({ code: z.string() }) }) })

/** A guess that was judged, or made to wait: anything else shows that the words were not even read. */
const isGuess = ({ code }: Login): boolean => code === 'credentials_wrong' || code === 'slow_down'

const guessedPasswords = attack('wrong passwords at the local API', async (scene) => {
  const { victim } = scene
  const guesses: Login[] = []
  while (guesses.length < wrongPasswords) {
    guesses.push(await logIn(scene, victim.username, `wrong password ${guesses.length}`))
  }
  const owner = await victim.install.result('session.open', {
    ...{ username: victim.username, password: testPassword, kind: 'window' },
  })
  const harms = owner.ok ? [] : [`the owner hears: ${owner.error.message}`]
  const lastMs = guesses.at(-1)?.ms ?? 0
  if (lastMs < leastWaitMs) harms.push(`the guess number ${wrongPasswords} took ${Math.round(lastMs)} ms`)
  return { attempts: guesses.filter(isGuess).length, harms }
})

const guessedNames = attack('names tried at the local API', async (scene) => {
  const known = await logIn(scene, scene.victim.username, 'a wrong password')
  const unknown = await logIn(scene, 'nobody-of-that-name', 'a wrong password')
  const attempts = [known, unknown].filter(isGuess).length
  if (known.code !== unknown.code)
    return { attempts, harms: [`a known name gets ${known.code}, an unknown one ${unknown.code}`] }
  const [less = 0, more = 0] = [known.ms, unknown.ms].sort((left, right) => left - right)
  const isTold = more > 5 * less
  return { attempts, harms: isTold ? [`a known name takes ${known.ms} ms, an unknown one ${unknown.ms} ms`] : [] }
})

export const localPrograms: readonly Attack[] = [
  squattedSocket,
  heldConnections('connections to the local API that say nothing', ''),
  variant(
    heldConnections('connections to the local API that never end their headers', 'GET /v1/models HTTP/1.1\r\nhost: '),
  ),
  unreadBody('a body for an unknown address', '/v1/nothing-of-that-name', 404),
  variant(unreadBody('a body without a key', '/v1/chat/completions', 401)),
  guessedNames,
  guessedPasswords,
]
