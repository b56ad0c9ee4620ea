// npm run check: everything that can be known without running the app; no warnings.
import { join } from 'node:path'
import { projectFolder } from './paths.mjs'
import { runMain } from './problem.mjs'
import { seconds } from './progress.mjs'
import { capture } from './run-command.mjs'
import { setUp } from './set-up.mjs'

/** @type {{ title: string, program: string, args: string[] }[]} */
const checks = [
  { title: 'types', program: 'typescript/bin/tsc', args: ['-p', '.'] },
  { title: 'types of the scripts', program: 'typescript/bin/tsc', args: ['-p', 'resources'] },
  { title: 'lint', program: 'eslint/bin/eslint.js', args: ['.', '--max-warnings', '0'] },
  { title: 'format', program: 'prettier/bin/prettier.cjs', args: ['--check', '--log-level', 'warn', '.'] },
  {
    title: 'import directions',
    program: 'dependency-cruiser/bin/dependency-cruise.mjs',
    args: ['electron', 'node', 'renderer', 'e2e', '--config', '.dependency-cruiser.cjs'],
  },
  { title: 'dead code', program: 'knip/bin/knip.js', args: ['--treat-config-hints-as-errors'] },
]

runMain(async () => {
  const progress = await setUp()
  let failures = 0
  for (const { title, program, args } of checks) {
    const startedAt = performance.now()
    const result = await capture(process.execPath, [join(projectFolder, 'node_modules', program), ...args], {
      cwd: projectFolder,
    })
    const passed = result.code === 0
    if (!passed) failures++
    progress.say(`${passed ? 'ok    ' : 'failed'}  ${title} (${seconds(performance.now() - startedAt)})`)
    if (!passed) progress.say(result.output.trim())
  }
  return failures === 0 ? 0 : 1
})
