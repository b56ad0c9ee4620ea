import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import type { ContractClient } from '../../node/contract/api.ts'
import type { Result } from '../../node/contract/result.ts'

/**
 * Sharing that is on only while the demo lasts.
 *
 * Where it was off before, a file says so until it is off again: a crash during the demo must not leave sharing on.
 */
export class SharingLoan {
  constructor(private readonly file: string) {}

  /** Switches sharing on, remembering that it was off. */
  async take(client: ContractClient, wasSharing: boolean): Promise<Result<void>> {
    if (wasSharing) return { ok: true, value: undefined }
    writeFileSync(this.file, 'Sharing was off before the demo.\n', { mode: 0o600 })
    return client.call('sharing.set', { isEnabled: true })
  }

  /** Switches sharing off again where it was off. Also at the first sign-in after a crash. */
  async giveBack(client: ContractClient): Promise<Result<void>> {
    if (!this.isOpen()) return { ok: true, value: undefined }
    const restored = await client.call('sharing.set', { isEnabled: false })
    if (restored.ok) rmSync(this.file, { force: true })
    return restored
  }

  isOpen(): boolean {
    try {
      return readFileSync(this.file).length > 0
    } catch {
      // No file: nothing was borrowed.
      return false
    }
  }
}
