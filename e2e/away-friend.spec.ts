import { mortalWords, startMortalOllama } from '../node/engines/testing/mortal-ollama.ts'
import { tinySentence } from '../resources/scripts/real/tiny-gguf.mjs'
import { expect, test } from './harness/fixtures.ts'
import { joinedPair, pairWith } from './harness/pair.ts'

test('a friend who is away is named as away, and asked again once back', async ({ launch, tinyModel }) => {
  const { a, b } = await joinedPair(launch, tinyModel.short)
  await b.ask('Are you there?')
  const answer = b.transcript.getByRole('article').last()
  await expect(answer).toContainText(tinySentence)
  await expect(answer).toContainText('Answered by ada (')
  await a.close()

  await b.open('Chat')
  const { page } = b
  await expect(page.getByRole('heading', { name: 'Nobody in Friends is online right now' })).toBeVisible()
  await expect(page.getByText('Ask again when the computer of ada is on.')).toBeVisible()
  await expect(page.getByRole('button', { name: 'Choose a model', exact: true }).first()).toBeVisible()
  await b.ask('And now?')
  await expect(b.transcript).toContainText('Nobody in the pool "Friends" is online right now.')

  const back = await launch('ada', { directory: a.directory })
  await back.signIn()
  await b.untilShared('Friends')
  await b.open('Chat')
  await b.ask('Welcome back?')
  await expect(b.transcript.getByRole('article').last()).toContainText(tinySentence)
})

test('an engine that dies while it answers a friend is read by both, each in their own words', async ({ launch }) => {
  const ollama = await startMortalOllama()
  const { a, b } = await pairWith(launch, { model: ollama.model, options: { ollamaUrl: ollama.url } })
  await b.ask('Hello?')
  await expect(b.transcript).toContainText(mortalWords)
  await a.open('Share')
  await expect(a.page.getByRole('list', { name: 'Who is being served' })).toContainText('bob')
  await ollama.die()
  await expect(b.transcript).toContainText("Ollama on ada's computer stopped. Ask again or choose another model.")
  const notices = a.page.getByRole('region', { name: 'Notices' })
  await expect(notices).toContainText('Ollama stopped while it answered bob.')
  await expect(a.page.getByText('Nobody is being served.')).toBeVisible()
})

test('a computer has a name from the first run, and another one everywhere once it is renamed', async ({ launch }) => {
  const a = await launch('ada')
  await a.signUp()
  await a.skipFirstRun()
  const name = (await a.state()).settings.deviceName
  expect(['vm', 'localhost', 'ubuntu']).not.toContain(name)
  await a.open('Account')
  await a.page.getByRole('button', { name: `Rename ${name}`, exact: true }).click()
  await a.page.getByLabel('Name of the computer').fill('Studio')
  await a.page.getByRole('button', { name: 'Save' }).click()
  await expect(a.page.getByRole('list', { name: 'Your computers' })).toContainText('Studio')
  await a.open('Pools')
  await a.page.getByRole('button', { name: 'More for Studio' }).click()
  await a.page.getByRole('menuitem', { name: 'Rename…' }).click()
  await a.page.getByLabel('Name of the computer').fill('Attic')
  await a.page.getByRole('button', { name: 'Save' }).click()
  await expect(a.page.getByRole('list', { name: 'Computers' })).toContainText('Attic')
  await a.open('Settings')
  await expect(a.page.getByLabel('Name of this computer')).toHaveValue('Attic')
})
