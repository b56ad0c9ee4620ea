// npm run test:evil: builds the process of one install, and runs hostile ones against honest ones.
import { join } from 'node:path'
import { bundleForNode } from './bundle.mjs'
import { projectFolder } from './setup/paths.mjs'
import { runMain } from './setup/problem.mjs'
import { runAttached } from './setup/run-command.mjs'
import { setUp } from './setup/set-up.mjs'

runMain(async () => {
  const progress = await setUp()
  await progress.step('Building an install', () => bundleForNode(['e2e/evil/parts/part.ts'], 'out/evil'))
  const vitest = join(projectFolder, 'node_modules', 'vitest', 'vitest.mjs')
  const run = [vitest, 'run', '--config', 'vitest.evil.config.ts', ...process.argv.slice(2)]
  return runAttached(process.execPath, run, { cwd: projectFolder })
})
