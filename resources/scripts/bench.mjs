// npm run bench -- <name>: builds e2e/bench/<name>.ts and runs it; its last line is one JSON object.
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { ensureBuild } from './build.mjs'
import { bundleForNode } from './bundle.mjs'
import { asUser } from './electron/ordinary-user.mjs'
import { isRoot, projectFolder } from './setup/paths.mjs'
import { Problem, runMain } from './setup/problem.mjs'
import { runAttached } from './setup/run-command.mjs'
import { setUp, setUpElectron, setUpUser } from './setup/set-up.mjs'

/** These measure the window, so they need Electron and a screen. */
const windowBenchmarks = ['start']

runMain(async () => {
  const progress = await setUp()
  const name = process.argv[2] ?? ''
  const names = readdirSync(join(projectFolder, 'e2e', 'bench'))
    .filter((file) => /^[a-z-]+\.ts$/.test(file))
    .map((file) => file.slice(0, -'.ts'.length))
  if (!names.includes(name)) throw new Problem(`Name a benchmark: npm run bench -- <${names.join(' | ')}>`)

  const withWindow = windowBenchmarks.includes(name)
  const runtime = withWindow
    ? await setUpElectron(progress, { needsVirtualScreen: process.platform === 'linux' })
    : undefined
  await ensureBuild(progress)
  await progress.step(`Building ${name}`, () => bundleForNode([`e2e/bench/${name}.ts`], 'out/bench'))
  const built = join('out', 'bench', `${name}.js`)
  const args = process.argv.slice(3)
  if (runtime === undefined)
    return runAttached(process.execPath, [join(projectFolder, built), ...args], { cwd: projectFolder })

  const { user, folder, env } = await setUpUser(progress)
  const node = { command: process.execPath, args: [join(folder, built), ...args] }
  const onScreen =
    process.platform === 'linux' ? { command: 'xvfb-run', args: ['-a', node.command, ...node.args] } : node
  const run = user && isRoot ? asUser(user, onScreen.command, onScreen.args) : onScreen
  return runAttached(run.command, run.args, {
    cwd: folder,
    env: { ...env, KITH_ELECTRON: runtime.executablePath, KITH_ELECTRON_VERSION: runtime.version },
  })
})
