import type { Attack } from '../attack.ts'
import { runCommand } from '../harness/command-line.ts'
import { questionFor } from '../harness/engine-server.ts'
import { forgedModel, forgedText, visible } from '../hostile/forged-text.ts'

/** What no terminal may be sent, but for the ends of our own lines and tabs. */
const obeyed = /(?![\n\t])[\p{Cc}\u202a-\u202e\u2066-\u2069\u2028\u2029]/u

/** Names, errors and generations that a terminal would obey, and a user who looks at them with `kith`. */
const forgedTexts: Attack = {
  name: 'names, errors and text that a terminal would obey',
  as: 'processor',
  async run(scene) {
    const { victim, ground } = scene
    const { lying } = ground.engines
    await scene.hostile('processor', ['textForger'])
    const wish = { tag: 'forged', tokens: 3, text: forgedText, tokenMs: 1, firstTokenMs: 0 }
    const commands = [
      ['chat', questionFor(wish), '--model', lying.model],
      ['chat', questionFor(wish), '--model', forgedModel],
      ['status'],
      ['members', 'list'],
      ['models', 'list'],
      ['usage', 'receipts'],
      ['usage', '--by', 'machine'],
    ]
    const harms: string[] = []
    let attempts = 0
    for (const command of commands) {
      for (const argv of [command, [...command, '--json']]) {
        const { text } = await runCommand(victim, argv)
        const name = argv.map((word) => word.replace(forgedModel, '<model>').slice(0, 20)).join(' ')
        if (text.includes(visible)) attempts += 1
        if (obeyed.test(text)) harms.push(`kith ${name} sends the terminal what it obeys`)
      }
    }
    await scene.victim.install.until(({ chats }) => chats.every(({ isAnswering }) => !isAnswering), 'the end of chats')
    return { attempts, culprit: null, harms }
  },
}

export const terminals: readonly Attack[] = [forgedTexts]
