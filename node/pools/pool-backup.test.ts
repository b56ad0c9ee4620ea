import { describe, expect, it } from 'vitest'
import { accountIdSchema } from '../contract/ids.ts'
import { toHex } from '../crypto/encoding.ts'
import { randomBytes } from '../crypto/keys.ts'
import { maxBackupLength, openBackup, sealBackup, type BackupContents } from './pool-backup.ts'

const cost = { operations: 1, memoryBytes: 8_192 }
const password = 'a password of its own'
const contents: BackupContents = {
  madeAtMs: 1,
  owner: accountIdSchema.parse('a'.repeat(64)),
  poolSecretKey: randomBytes(64),
  header: 'header',
  successions: ['succession'],
  place: { headerEpoch: 1, epoch: 1, version: 7 },
  readKeys: [{ epoch: 1, poolKey: toHex(randomBytes(32)), usageKey: null }],
  records: [{ key: 'v1/pool', value: { name: 'Friends' } }],
}

async function sealed(): Promise<string> {
  const text = await sealBackup(contents, password, cost)
  if (!text.ok) throw new Error(text.error.message)
  return text.value
}

const codeOf = async (text: string, by = password): Promise<string> => {
  const opened = await openBackup(text, by)
  return opened.ok ? 'opened' : opened.error.code
}

describe('the backup of a pool', () => {
  it('opens with its password, also where a mail program broke its lines', async () => {
    const text = await sealed()
    expect(await openBackup(text, password)).toEqual({ ok: true, value: contents })
    const mailed = text.replaceAll('\n', '  \r\n\r\n  ')
    expect(await openBackup(mailed, password)).toEqual({ ok: true, value: contents })
    expect(await openBackup(text, password.toUpperCase())).toMatchObject({ error: { code: 'backup_password_wrong' } })
  })

  it('holds no key in clear', async () => {
    const text = await sealed()
    const inside = Buffer.from(text.split('\n').slice(1, -2).join(''), 'base64url').toString()
    for (const secret of [toHex(contents.poolSecretKey), contents.readKeys[0]?.poolKey ?? '', 'Friends'])
      expect(text + inside).not.toContain(secret)
  })

  it('tells damage from a wrong password and from a newer format', async () => {
    const text = await sealed()
    const middle = Math.floor(text.length / 2)
    const other = text[middle] === 'A' ? 'B' : 'A'
    expect(await codeOf(text.slice(0, middle) + other + text.slice(middle + 1))).toBe('backup_malformed')
    expect(await codeOf(text.slice(0, -4))).toBe('backup_malformed')
    expect(await codeOf(text.slice(30))).toBe('backup_malformed')
    expect(await codeOf('')).toBe('backup_malformed')
    expect(await codeOf('Kith pool backup 1')).toBe('backup_malformed')
    expect(await codeOf('x'.repeat(maxBackupLength + 1))).toBe('backup_malformed')
    expect(await codeOf(text.replace('backup 1', 'backup 2'))).toBe('version_mismatch')
  })

  it('is refused where it would be larger than any boundary reads', async () => {
    const value = { note: 'x'.repeat(maxBackupLength) }
    const huge = await sealBackup({ ...contents, records: [{ key: 'v1/pool', value }] }, password, cost)
    expect(huge).toMatchObject({ ok: false, error: { code: 'too_large' } })
  })
})
