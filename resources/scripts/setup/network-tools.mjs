import { Problem } from './problem.mjs'
import { capture } from './run-command.mjs'
import { installPackages, isDebianLike } from '../electron/system-libraries.mjs'

/** The commands that make networks, and the package of each. */
const tools = [
  { command: 'ip', name: 'iproute2' },
  { command: 'nft', name: 'nftables' },
]

/**
 * Makes sure that namespaces and address translation can be set up; only root comes here.
 * @param {import('./progress.mjs').Progress} progress
 */
export async function ensureNetworkTools(progress) {
  const missing = await findMissing()
  if (missing.length === 0) return
  const names = missing.map(({ name }) => name)
  if (!(await isDebianLike())) {
    throw new Problem(`Missing here: ${names.join(', ')}. Install them, then start again.`)
  }
  const install = ['install', '--yes', '--no-install-recommends', ...names]
  await progress.step(`Installing ${names.join(' and ')}`, () => installPackages(install))
  if ((await findMissing()).length > 0) throw new Problem(`Still missing after installing: ${names.join(', ')}.`)
}

async function findMissing() {
  const found = await Promise.all(
    tools.map(async (tool) => ({ tool, result: await capture('sh', ['-c', `command -v ${tool.command}`]) })),
  )
  return found.filter(({ result }) => result.code !== 0).map(({ tool }) => tool)
}
