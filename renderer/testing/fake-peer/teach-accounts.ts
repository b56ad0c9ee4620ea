import { tagOf } from '../../../node/contract/ids.ts'
import { fail, ok } from '../../../node/contract/result.ts'
import { fakeIds } from './fake-ids.ts'
import type { FakePeer } from './fake-peer.ts'
import { fakeMachine, fakeMember, fakePool } from './fake-state.ts'

export const fakePhrase = 'harvest lemon quiet river basket window maple orbit candle meadow story anchor'
export const fakePassword = 'correct horse battery'

/** Signing up, in and out, so that the whole path can be walked with a fake peer. */
export function teachAccounts(peer: FakePeer): void {
  function enter(username: string, recoveryPhraseSaved: boolean): void {
    const accountId = fakeIds.account(username)
    const summary = { accountId, username, tag: tagOf(accountId), isRemembered: false }
    const devices = fakePool('My devices', {
      kind: 'devices',
      members: [fakeMember(username, { role: 'owner', isSelf: true })],
    })
    const deviceName = peer.state.settings.deviceName
    if (peer.state.pools.length === 0) {
      peer.change('pools', [devices])
      peer.change('machines', [
        fakeMachine(deviceName, username, {
          isSelf: true,
          connection: 'self',
          isSharing: false,
          poolIds: [devices.poolId],
          models: peer.state.models.local,
        }),
      ])
    }
    const accounts = peer.state.account.accounts.filter((one) => one.accountId !== accountId)
    peer.change('account', {
      ...peer.state.account,
      accounts: [...accounts, summary],
      current: {
        ...summary,
        deviceId: fakeIds.device(deviceName),
        deviceName,
        recoveryPhraseSaved,
        hasRootKey: true,
        devices: [],
        sessions: [],
        keepsSharing: false,
        link: null,
      },
    })
  }

  peer.on('account.signUp', ({ username, password }) => {
    if (password.length < 10) return fail('password_too_short', { minimum: 10 })
    if (peer.state.account.accounts.some((one) => one.username === username)) {
      return fail('username_taken', { username })
    }
    enter(username, false)
    return { ok: true, value: { recoveryPhrase: fakePhrase } }
  })
  peer.on('account.unlock', ({ username, password }) => {
    if (password !== fakePassword) return fail('password_wrong')
    enter(username, true)
    return ok()
  })
  peer.on('account.restore', ({ username, recoveryPhrase }) => {
    if (recoveryPhrase !== fakePhrase) return fail('phrase_invalid')
    enter(username, true)
    return ok()
  })
  peer.on('account.recoveryPhrase', ({ password }) =>
    password === fakePassword ? { ok: true, value: { recoveryPhrase: fakePhrase } } : fail('password_wrong'),
  )
  peer.on('account.phraseSaved', () => {
    const { current } = peer.state.account
    if (current === null) return fail('not_signed_in')
    peer.change('account', { ...peer.state.account, current: { ...current, recoveryPhraseSaved: true } })
    return ok()
  })
  peer.on('account.logOut', () => {
    peer.change('account', { ...peer.state.account, current: null })
    return ok()
  })
}
