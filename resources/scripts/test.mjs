// npm test: sets up, builds what the tests start as children, and runs the tests beside the sources.
import { join } from 'node:path'
import { ensureBuild } from './build.mjs'
import { projectFolder } from './setup/paths.mjs'
import { runMain } from './setup/problem.mjs'
import { seconds } from './setup/progress.mjs'
import { runAttached } from './setup/run-command.mjs'
import { setUp } from './setup/set-up.mjs'

runMain(async () => {
  const progress = await setUp()
  await ensureBuild(progress)
  progress.say(
    `Set up in ${seconds(progress.elapsedMs())}; testing on Node.js ${process.versions.node}, ${process.platform} ${process.arch}.`,
  )
  const vitest = join(projectFolder, 'node_modules', 'vitest', 'vitest.mjs')
  return runAttached(process.execPath, [vitest, 'run', ...process.argv.slice(2)], { cwd: projectFolder })
})
