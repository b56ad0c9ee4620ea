// npm run build: builds the app into out/.
import { ensureBuild } from './build.mjs'
import { runMain } from './problem.mjs'
import { seconds } from './progress.mjs'
import { setUp } from './set-up.mjs'

runMain(async () => {
  const progress = await setUp()
  await ensureBuild(progress)
  progress.say(`out/ is up to date (${seconds(progress.elapsedMs())}).`)
})
