// npm run e2e:nat: peers in network namespaces, behind NATs of their own; needs root on Linux.
import { join } from 'node:path'
import { ensureBuild } from './build.mjs'
import { bundleForNode } from './bundle.mjs'
import { ensureNetworkTools } from './setup/network-tools.mjs'
import { isRoot, projectFolder } from './setup/paths.mjs'
import { Problem, runMain } from './setup/problem.mjs'
import { runAttached } from './setup/run-command.mjs'
import { setUp } from './setup/set-up.mjs'
import { ensurePrograms } from './electron/system-libraries.mjs'

const programs = { ip: 'iproute2', nft: 'nftables', ethtool: 'ethtool', python3: 'python3' }

runMain(async () => {
  if (process.platform !== 'linux' || !isRoot) {
    throw new Problem('The NAT test makes network namespaces: run it as root on Linux.')
  }
  const progress = await setUp()
  await ensurePrograms(progress, programs)
  await ensureNetworkTools(progress)
  await ensureBuild(progress)
  await progress.step('Building the test', () => bundleForNode(['e2e/nat/run.ts'], 'out/nat'))
  return runAttached(process.execPath, [join(projectFolder, 'out', 'nat', 'run.js'), ...process.argv.slice(2)], {
    cwd: projectFolder,
  })
})
