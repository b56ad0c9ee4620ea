import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { connectControl, type ControlClient } from '../node/control/control-client.ts'
import type { AppState } from '../node/contract/state.ts'
import { tinySentence } from '../resources/scripts/real/tiny-gguf.mjs'
import { expect, test } from './harness/fixtures.ts'
import { password, type Install } from './harness/install.ts'

const friendsOf = (install: Install): string[] =>
  readdirSync(join(install.directory, 'profile')).filter((name) => name.startsWith('demo-friend-'))

/** The second window, spoken to over its control socket: Playwright drives only what it launched itself. */
async function connectFriend(install: Install): Promise<ControlClient> {
  const connections: ControlClient[] = []
  const connect = async (): Promise<number> => {
    const [name] = friendsOf(install)
    const connected = name ? await connectControl(join(install.directory, 'profile', name)) : null
    if (connected?.ok && connected.value) connections.push(connected.value)
    return connections.length
  }
  await expect.poll(connect, { timeout: 60_000 }).toBe(1)
  const [friend] = connections
  if (!friend) throw new Error('The second window has no control socket')
  return friend
}

async function stateOf(client: ControlClient): Promise<AppState> {
  const snapshot = await client.call('state.snapshot', {})
  if (!snapshot.ok) throw new Error(snapshot.error.message)
  return snapshot.value.state
}

test('--demo: a question of the second window is answered by the first', async ({ launch, tinyModel }) => {
  const first = await launch('ada', { args: ['--demo'] })
  await expect(first.page.getByLabel('User name')).toBeVisible()
  await first.call('account.signUp', { username: 'ada', password })
  await first.call('model.import', { path: tinyModel.short })

  const friend = await connectFriend(first)
  const offers = async () =>
    (await stateOf(friend)).machines.filter((machine) => !machine.isSelf).flatMap((machine) => machine.models)
  await expect.poll(async () => (await offers()).length, { timeout: 60_000 }).toBeGreaterThan(0)
  const model = (await offers())[0]?.name ?? ''
  const poolId = (await stateOf(friend)).settings.chatPoolId
  if (!poolId) throw new Error('The second window has chosen no pool')

  let text = ''
  const ended = new Promise<string>((resolve) => {
    friend.listen('chat', (event) => {
      if (event.type === 'text') text += event.text
      if (event.type === 'end') resolve(event.message.text)
    })
  })
  const asked = await friend.call('chat.ask', { chatId: null, text: 'What do you say?', model, poolId, temperature: 0 })
  expect(asked.ok).toBe(true)
  expect(await ended).toContain(tinySentence)
  expect(text).toContain(tinySentence)

  friend.close()
  await first.close()
  expect(friendsOf(first)).toEqual([])
})
