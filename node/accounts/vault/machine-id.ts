import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { promisify } from 'node:util'
import { bytesOfText, toHex } from '../../crypto/encoding.ts'
import { hash } from '../../crypto/hash.ts'

const run = promisify(execFile)

/**
 * A hash that stays the same on this computer and differs on others; the id itself is never stored.
 *
 * Empty where the system has none (most containers). The host name is no substitute: it changes with
 * the network, and a container gets a new one each time it is made.
 */
export async function readMachineId(): Promise<string> {
  const id = await systemId().catch(() => '')
  return id ? toHex(hash('kith/machine-id/1', bytesOfText(id))) : ''
}

async function systemId(): Promise<string> {
  if (process.platform === 'darwin') {
    const { stdout } = await run('/usr/sbin/ioreg', ['-rd1', '-c', 'IOPlatformExpertDevice'], { timeout: 5_000 })
    return /"IOPlatformUUID" = "([^"]+)"/.exec(stdout)?.[1] ?? ''
  }
  if (process.platform === 'win32') {
    const key = 'HKLM\\SOFTWARE\\Microsoft\\Cryptography'
    const { stdout } = await run('reg', ['query', key, '/v', 'MachineGuid'], { timeout: 5_000, windowsHide: true })
    return /MachineGuid\s+REG_SZ\s+(\S+)/.exec(stdout)?.[1] ?? ''
  }
  return (await readFile('/etc/machine-id', 'utf8')).trim()
}
