// npm run check: everything that can be known without running the app; no warnings.
import { join } from 'node:path'
import { projectFolder } from './setup/paths.mjs'
import { runMain } from './setup/problem.mjs'
import { seconds } from './setup/progress.mjs'
import { capture } from './setup/run-command.mjs'
import { setUp } from './setup/set-up.mjs'

/** @type {{ title: string, program: string, args: string[] }[]} */
const checks = [
  { title: 'lint', program: 'eslint/bin/eslint.js', args: ['.', '--max-warnings', '0'] },
  { title: 'types', program: 'typescript/bin/tsc', args: ['-p', '.'] },
  { title: 'types of the scripts', program: 'typescript/bin/tsc', args: ['-p', 'resources'] },
  { title: 'format', program: 'prettier/bin/prettier.cjs', args: ['--check', '--log-level', 'warn', '.'] },
  {
    title: 'import directions',
    program: 'dependency-cruiser/bin/dependency-cruise.mjs',
    args: ['electron', 'node', 'renderer', 'e2e', 'resources', '--config', '.dependency-cruiser.mjs', '-T', 'err-long'],
  },
  { title: 'dead code', program: 'knip/bin/knip.js', args: ['--treat-config-hints-as-errors'] },
]

/** @param {{ program: string, args: string[] }} check */
async function timed({ program, args }) {
  const startedAt = performance.now()
  const run = [join(projectFolder, 'node_modules', program), ...args]
  const result = await capture(process.execPath, run, { cwd: projectFolder })
  return { ...result, took: seconds(performance.now() - startedAt) }
}

runMain(async () => {
  const progress = await setUp()
  let failures = 0
  const waiting = [...checks]
  // Two at a time: each takes one core.
  const work = async () => {
    for (let next = waiting.shift(); next; next = waiting.shift()) {
      const { code, output, took } = await timed(next)
      progress.say(`${code === 0 ? 'ok    ' : 'failed'}  ${next.title} (${took})`)
      if (code === 0) continue
      failures++
      progress.say(output.trim())
    }
  }
  await Promise.all([work(), work()])
  return failures === 0 ? 0 : 1
})
