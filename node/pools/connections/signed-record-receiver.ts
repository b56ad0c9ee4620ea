import { verifyDeviceStatement } from '../../accounts/records/device-statement.ts'
import type { DeviceId } from '../../contract/ids.ts'
import type { PoolMessage } from '../../net/pool-messages.ts'
import type { Pool } from '../pool/pool.ts'
import { signedFromText } from '../pool/signed-text.ts'

type SignedRecordMessage = Extract<PoolMessage, { type: 'statement' | 'header' | 'leave' }>

export interface SignedRecordReceiverOptions {
  readonly deviceId: DeviceId
  /** Whether we have admitted the other side to a pool. */
  readonly isLetIn: (pool: Pool) => boolean
  /** Whether the other side has admitted us. */
  readonly hasLetUsIn: (pool: Pool) => boolean
  readonly onLeaveTaken: (pool: Pool) => void
}

/** Checks and keeps the signed records about pools that arrive on one connection. */
export class SignedRecordReceiver {
  constructor(private readonly options: SignedRecordReceiverOptions) {}

  async receive(pool: Pool, message: SignedRecordMessage): Promise<void> {
    switch (message.type) {
      case 'statement':
        return this.#keepStatement(pool, message.statement)
      case 'header': {
        const signed = signedFromText(message.header)
        if (signed && this.options.hasLetUsIn(pool)) await pool.followHeader(signed)
        return
      }
      case 'leave': {
        const signed = signedFromText(message.leave)
        if (!signed || !this.options.isLetIn(pool)) return
        if (await pool.honourLeave(signed)) this.options.onLeaveTaken(pool)
      }
    }
  }

  /** As manager, records in the directory which cores the device writes. */
  async #keepStatement(pool: Pool, text: string): Promise<void> {
    const { deviceId, isLetIn } = this.options
    const signed = signedFromText(text)
    const statement = signed ? verifyDeviceStatement(signed) : null
    if (!pool.author || !isLetIn(pool)) return
    if (statement?.device !== deviceId || statement.pool !== pool.poolId) return
    await pool.exclusively(async () => {
      await pool.author?.recordStatement(deviceId, text)
      await pool.refresh()
    })
  }
}
