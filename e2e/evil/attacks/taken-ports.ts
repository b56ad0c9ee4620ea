import { SquattingPeer } from '../../../node/control/testing/hostile-socket.ts'
import { variant, type Attack } from '../attack.ts'
import { runCommand } from '../harness/command-line.ts'
import { apiUrl, makeKey } from '../harness/programs.ts'
import type { Scene } from '../harness/scene.ts'

type Loopback = '127.0.0.1' | '::1'

const reply = 'HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nconnection: close\r\n\r\n{"data":[]}'

/** Another program that stands where programs look for the local API, and answers what they like to hear. */
async function squat(host: Loopback, port: number): Promise<SquattingPeer | null> {
  const squatter = new SquattingPeer((socket) => socket.once('data', () => socket.end(reply)))
  const isListening = await squatter.listen({ host, port, ipv6Only: host === '::1' }).then(
    () => true,
    () => false,
  )
  return isListening ? squatter : null
}

const warning = 'Another program answers on'
const keyMark = 'sk-kith-of-a-test'

/** Stands on the port of the running local API, at the address that `localhost` means first, and is sent the key. */
const besideTheApi: Attack = {
  name: 'a program at localhost on the port of the local API',
  as: 'local program',
  async run(scene) {
    const { plainKey } = await makeKey(scene.victim, scene.poolId, {})
    const { port } = new URL(await apiUrl(scene.victim))
    const squatter = await squat('::1', Number(port))
    try {
      const response = await fetch(`http://[::1]:${port}/v1/models`, {
        headers: { authorization: `Bearer ${plainKey}` },
      })
      const text = await response.text()
      const harms = squatter?.heardBytes.includes(plainKey) ? ['the key was sent to another program'] : []
      if (!text.includes('"object"')) harms.push(`a program at localhost gets ${response.status}`)
      return { attempts: 1, culprit: null, harms }
    } finally {
      await squatter?.close()
    }
  },
}

/** Holds the port that the owner has chosen, before the local API is there. */
function beforeTheApi(name: string, host: Loopback): Attack {
  return {
    name,
    as: 'local program',
    async run(scene) {
      const squatter = await squat(host, 0)
      if (!squatter) return { attempts: 0, culprit: null, harms: [] }
      const { install } = scene.victim
      try {
        await install.call('settings.update', { apiPort: squatter.port })
        const harms = await unwarned(scene, squatter.port)
        await sendKeyWhereShown(scene)
        if (squatter.heardBytes.includes(keyMark)) harms.push('the address shown is another program’s')
        return { attempts: 1, culprit: null, harms }
      } finally {
        await install.call('settings.update', { apiPort: null })
        await squatter.close()
      }
    },
  }
}

/** Does as a person with a snippet of ours: sends a key to the address that Kith shows, if it shows any. */
async function sendKeyWhereShown({ victim }: Scene): Promise<void> {
  const { api } = await victim.install.state()
  if (api.url !== null) await fetch(`${api.url}/models`, { headers: { authorization: `Bearer ${keyMark}` } })
}

/** Where the owner and commands are not told. */
async function unwarned({ victim }: Scene, port: number): Promise<string[]> {
  const harms: string[] = []
  const { api } = await victim.install.state()
  if (api.takenPort !== port) harms.push('the state does not say that the port is taken')
  for (const argv of [['status'], ['keys', 'create', 'Editor']]) {
    const { text } = await runCommand(victim, argv)
    if (!text.includes(warning)) harms.push(`kith ${argv.join(' ')} does not warn`)
  }
  return harms
}

export const takenPorts: readonly Attack[] = [
  besideTheApi,
  beforeTheApi('a program on the port that was chosen for the local API', '127.0.0.1'),
  variant(beforeTheApi('a program at localhost on the port that was chosen', '::1')),
]
