// npm run package: builds a package for this machine into dist/ with the Electron at hand, and reads its fuses back.
import { rmSync } from 'node:fs'
import { cp, mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { ensureBuild } from './build.mjs'
import { describeRuntime, ensureElectronRuntime } from './electron/electron-runtime.mjs'
import { projectFolder } from './setup/paths.mjs'
import { Problem, runMain } from './setup/problem.mjs'
import { runAttached } from './setup/run-command.mjs'
import { setUp } from './setup/set-up.mjs'

/** The program in dist/ whose fuses are read; other targets wrap the same one. */
const packedProgram = {
  linux: 'linux-unpacked/kith',
  darwin: 'mac/Kith.app/Contents/MacOS/Kith',
  win32: 'win-unpacked/Kith.exe',
}

runMain(async () => {
  const progress = await setUp()
  const runtime = await ensureElectronRuntime({ log: progress.say })
  progress.say(describeRuntime(runtime))
  await ensureBuild(progress)
  const work = await mkdtemp(join(tmpdir(), 'kith-package-'))
  try {
    // A package holds our app alone, not the default app that runs others.
    await cp(dirname(runtime.executablePath), join(work, 'electron'), {
      recursive: true,
      filter: (path) => !path.endsWith(join('resources', 'app')),
    })
    const builder = join(projectFolder, 'node_modules', 'electron-builder', 'cli.js')
    const targets = process.argv.length > 2 ? process.argv.slice(2) : ['--dir']
    const args = ['--config', 'electron-builder.ts', '--publish', 'never', ...targets]
    const electron = [`-c.electronDist=${join(work, 'electron')}`, `-c.electronVersion=${runtime.version}`]
    const code = await runAttached(process.execPath, [builder, ...args, ...electron], { cwd: projectFolder })
    if (code === 0) await checkFuses()
    return code
  } finally {
    rmSync(work, { recursive: true, force: true })
  }
})

/** A fuse is the digit 1 or 0 in the program. */
const fuseOn = '1'.charCodeAt(0)

async function checkFuses() {
  const { FuseV1Options, getCurrentFuseWire } = await import('@electron/fuses')
  const program = packedProgram[/** @type {keyof typeof packedProgram} */ (process.platform)]
  const wire = await getCurrentFuseWire(join(projectFolder, 'dist', program))
  const isTestBuild = process.env.KITH_TEST_BUILD === '1'
  const wanted = {
    RunAsNode: false,
    EnableNodeOptionsEnvironmentVariable: false,
    EnableNodeCliInspectArguments: isTestBuild,
    OnlyLoadAppFromAsar: true,
    GrantFileProtocolExtraPrivileges: false,
  }
  for (const [name, isOn] of Object.entries(wanted)) {
    const state = wire[FuseV1Options[/** @type {keyof typeof wanted} */ (name)]]
    if ((Number(state) === fuseOn) !== isOn)
      throw new Problem(`The package's fuse ${name} is not ${isOn ? 'on' : 'off'}.`)
  }
  process.stdout.write(`The fuses of dist/${program} are as configured.\n`)
}
