import type { AccountId, ChatId, DeviceId, InviteId, MessageId, PoolId } from '../../contract/ids.ts'
import { defaultPlanId } from '../../contract/pools.ts'
import { noUsage } from '../../contract/usage.ts'
import type { AppState, Machine, Member, Message, Pool } from '../../contract/state.ts'

/** Ids and states for tests of the command line. */

const hex = (digit: string): string => digit.repeat(64)
export const accountA = hex('a') as AccountId
export const accountB = hex('b') as AccountId
export const deviceA = hex('1') as DeviceId
export const deviceB = hex('2') as DeviceId
export const devicesPool = hex('c') as PoolId
export const familyPool = hex('d') as PoolId
export const inviteId = hex('e') as InviteId
export const chatId = '00000000-0000-4000-8000-000000000001' as ChatId
export const questionId = '00000000-0000-4000-8000-000000000002' as MessageId
export const answerId = '00000000-0000-4000-8000-000000000003' as MessageId

export function fakeMember(changes: Partial<Member> = {}): Member {
  return {
    accountId: accountA,
    username: 'ada',
    tag: 'aaaaaa',
    role: 'owner',
    planId: defaultPlanId,
    state: 'active',
    joinedAtMs: 1,
    isSelf: true,
    ...changes,
  }
}

export function fakePool(changes: Partial<Pool> = {}): Pool {
  return {
    poolId: familyPool,
    name: 'Family',
    kind: 'shared',
    role: 'owner',
    state: 'active',
    refusal: null,
    setAside: [],
    isManager: true,
    isManagerConnected: true,
    members: [
      fakeMember(),
      fakeMember({ accountId: accountB, username: 'bob', tag: 'bbbbbb', role: 'member', isSelf: false }),
    ],
    invites: [],
    plans: [],
    limitStates: [],
    coordinatorDeviceId: deviceA,
    readEpoch: 1,
    cutOffs: [],
    ...changes,
  }
}

export function fakeMachine(changes: Partial<Machine> = {}): Machine {
  return {
    deviceId: deviceB,
    accountId: accountB,
    ownerName: 'bob',
    name: 'gpu-box',
    isSelf: false,
    poolIds: [familyPool],
    gatewayPoolIds: [],
    connection: 'admitted',
    isSharing: true,
    models: [
      { name: 'gemma:latest', engine: 'ollama', digest: '', sizeBytes: 253e6, contextTokens: 2_048, isLoaded: true },
    ],
    activeAnswers: 0,
    waitingAnswers: 0,
    ...changes,
  }
}

export function fakeAnswer(changes: Partial<Message> = {}, answer: Partial<Message['answer']> = {}): Message {
  return {
    messageId: answerId,
    role: 'assistant',
    text: '',
    createdAtMs: 1,
    answer: {
      state: 'answering',
      model: 'gemma:latest',
      machineName: 'gpu-box',
      deviceId: deviceB,
      isOwnMachine: false,
      promptTokens: null,
      completionTokens: null,
      firstTokenMs: null,
      durationMs: null,
      error: null,
      ...answer,
    },
    ...changes,
  }
}

/** A signed-in install in one shared pool with one computer that shares. */
export function fakeState(changes: Partial<AppState> = {}): AppState {
  const ada = { accountId: accountA, username: 'ada', tag: 'aaaaaa', isRemembered: false }
  return {
    account: {
      accounts: [ada],
      current: {
        ...ada,
        deviceId: deviceA,
        deviceName: 'laptop',
        recoveryPhraseSaved: true,
        hasRootKey: true,
        devices: [],
        sessions: [],
        keepsSharing: false,
        link: null,
      },
      copiedProfile: false,
      sharingAs: null,
    },
    pools: [
      fakePool({ poolId: devicesPool, name: 'My devices', kind: 'devices', members: [fakeMember()] }),
      fakePool(),
    ],
    machines: [fakeMachine()],
    models: { local: [], catalogue: [], suggestions: [] },
    engines: {
      ollama: { state: 'not_found', version: null, url: 'http://127.0.0.1:11434', slots: 1 },
      embedded: { state: 'idle', error: null },
      servers: [],
    },
    sharing: { isEnabled: false, activeAnswers: 0, waitingAnswers: 0, serving: [], servedPerMinute: [] },
    network: { state: 'online', connectedMachines: 1, isDemo: false, reason: 'Connected.' },
    chats: [],
    settings: {
      theme: 'system',
      deviceName: 'laptop',
      chatPoolId: null,
      chatModel: null,
      serverUrls: [],
      isFirstRunDone: true,
      announceAnswers: 'sentences',
    },
    runtime: { version: '0.1.0', engineMemoryFreeBytes: 1e9, profileName: 'test', demoRole: 'none' },
    keys: [],
    usage: { revision: 0, servedToday: noUsage, consumedToday: noUsage, clocks: [] },
    api: { state: 'off', url: null, error: null },
    ...changes,
  }
}

/** The same install with nobody signed in. */
export function lockedState(changes: Partial<AppState> = {}): AppState {
  const state = fakeState(changes)
  return { ...state, account: { ...state.account, current: null }, pools: [], machines: [] }
}
