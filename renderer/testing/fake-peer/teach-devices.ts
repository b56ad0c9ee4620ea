import { fail, ok } from '../../../node/contract/result.ts'
import type { AppState } from '../../../node/contract/state.ts'
import type { FakePeer } from './fake-peer.ts'
import { fakePassword } from './teach-accounts.ts'

export const fakeLinkingCode = 'k7qd-9m2x-hh4p-w3tz-c8ve'
const linkLifetimeMs = 600_000

type Current = NonNullable<AppState['account']['current']>

/** Password, devices and sessions of whoever is signed in. */
export function teachDevices(peer: FakePeer): void {
  function change(part: Partial<Current>): void {
    const { current } = peer.state.account
    if (current !== null) peer.change('account', { ...peer.state.account, current: { ...current, ...part } })
  }

  peer.on('account.changePassword', ({ password }) => (password === fakePassword ? ok() : fail('password_wrong')))
  peer.on('account.setRemembered', ({ isRemembered }) => {
    change({ isRemembered })
    return ok()
  })
  peer.on('account.setKeepSharing', ({ isEnabled }) => {
    change({ keepsSharing: isEnabled })
    return ok()
  })
  peer.on('account.startLinking', ({ password }) => {
    if (password !== fakePassword) return fail('password_wrong')
    const link = { code: fakeLinkingCode, expiresAtMs: Date.now() + linkLifetimeMs }
    change({ link })
    return { ok: true, value: link }
  })
  peer.on('account.cancelLinking', () => {
    change({ link: null })
    return ok()
  })
  peer.on('account.linkDevice', ({ code }) => (code === fakeLinkingCode ? ok() : fail('link_code_malformed')))
  peer.on('account.renameDevice', ({ deviceId, name }) => {
    const devices = peer.state.account.current?.devices ?? []
    change({ devices: devices.map((device) => (device.deviceId === deviceId ? { ...device, name } : device)) })
    return { ok: true, value: { name } }
  })
  peer.on('account.unlinkDevice', ({ deviceId, password }) => {
    if (password !== fakePassword) return fail('password_wrong')
    const devices = peer.state.account.current?.devices ?? []
    change({ devices: devices.filter((device) => device.deviceId !== deviceId) })
    return ok()
  })
  peer.on('session.end', ({ sessionId }) => {
    const sessions = peer.state.account.current?.sessions ?? []
    change({ sessions: sessions.filter((session) => session.sessionId !== sessionId) })
    return ok()
  })
}
