// npm run build: builds the app into out/.
import { ensureBuild } from './build.mjs'
import { runMain } from './setup/problem.mjs'
import { seconds } from './setup/progress.mjs'
import { setUp } from './setup/set-up.mjs'

runMain(async () => {
  const progress = await setUp()
  await ensureBuild(progress)
  progress.say(`out/ is up to date (${seconds(progress.elapsedMs())}).`)
})
