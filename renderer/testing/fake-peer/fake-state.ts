import { kithError } from '../../../node/contract/errors.ts'
import { tagOf } from '../../../node/contract/ids.ts'
import { defaultPlanId } from '../../../node/contract/pools.ts'
import { noUsage } from '../../../node/contract/usage.ts'
import type { AppState, CatalogueModel, Machine, Member, Model, Pool } from '../../../node/contract/state.ts'
import { fakeIds } from './fake-ids.ts'

const megabyte = 1_000_000

export function fakeModel(name: string, change: Partial<Model> = {}): Model {
  return {
    name,
    engine: 'embedded',
    digest: '',
    sizeBytes: 253 * megabyte,
    contextTokens: 2_048,
    isLoaded: false,
    ...change,
  }
}

export function fakeMember(username: string, change: Partial<Member> = {}): Member {
  const accountId = fakeIds.account(username)
  return {
    accountId,
    username,
    tag: tagOf(accountId),
    role: 'member',
    planId: defaultPlanId,
    joinedAtMs: 0,
    state: 'active',
    isSelf: false,
    ...change,
  }
}

export function fakeMachine(name: string, ownerName: string, change: Partial<Machine> = {}): Machine {
  return {
    deviceId: fakeIds.device(name),
    accountId: fakeIds.account(ownerName),
    ownerName,
    name,
    isSelf: false,
    poolIds: [],
    gatewayPoolIds: [],
    connection: 'admitted',
    isSharing: true,
    models: [],
    activeAnswers: 0,
    waitingAnswers: 0,
    ...change,
  }
}

export function fakePool(name: string, change: Partial<Pool> = {}): Pool {
  return {
    poolId: fakeIds.pool(name),
    name,
    kind: 'shared',
    role: 'owner',
    state: 'active',
    refusal: null,
    setAside: [],
    isManager: true,
    isManagerConnected: true,
    members: [],
    invites: [],
    plans: [],
    limitStates: [],
    coordinatorDeviceId: null,
    readEpoch: 1,
    cutOffs: [],
    ...change,
  }
}

export const fakeCatalogue: readonly CatalogueModel[] = [
  {
    catalogueId: 'gemma-3-270m',
    name: 'Gemma 3 270M',
    description: 'Very small and quick. Good for a first try and short questions.',
    licence: 'Gemma',
    licenceUrl: 'https://ai.google.dev/gemma/terms',
    sizeBytes: 253 * megabyte,
    memoryBytes: 480 * megabyte,
    contextTokens: 2_048,
    isSuggested: false,
    isSmallest: true,
    misfit: null,
    download: { state: 'none' },
  },
  {
    catalogueId: 'qwen-3-4b',
    name: 'Qwen 3 4B',
    description: 'Writes well and reasons a little. A good everyday choice.',
    licence: 'Apache 2.0',
    licenceUrl: 'https://www.apache.org/licenses/LICENSE-2.0',
    sizeBytes: 2_500 * megabyte,
    memoryBytes: 4_100 * megabyte,
    contextTokens: 32_768,
    isSuggested: true,
    isSmallest: false,
    misfit: null,
    download: { state: 'none' },
  },
  {
    catalogueId: 'gemma-3-27b',
    name: 'Gemma 3 27B',
    description: 'Close to the best, for large computers.',
    licence: 'Gemma',
    licenceUrl: 'https://ai.google.dev/gemma/terms',
    sizeBytes: 16_500 * megabyte,
    memoryBytes: 21_000 * megabyte,
    contextTokens: 131_072,
    isSuggested: false,
    isSmallest: false,
    misfit: kithError('model_does_not_fit', { model: 'Gemma 3 27B', needed: '21 GB', free: '11 GB' }),
    download: { state: 'none' },
  },
]

/** A fresh install: nobody has signed up yet. */
export function freshState(): AppState {
  return {
    account: { accounts: [], current: null, copiedProfile: false, sharingAs: null },
    pools: [],
    machines: [],
    models: {
      local: [],
      catalogue: [...fakeCatalogue],
      suggestions: [
        { kind: 'download', catalogueId: 'qwen-3-4b' },
        { kind: 'download', catalogueId: 'gemma-3-270m' },
      ],
    },
    engines: {
      ollama: { state: 'not_found', version: null, url: 'http://127.0.0.1:11434', slots: 1 },
      embedded: { state: 'idle', error: null },
      servers: [],
    },
    sharing: {
      isEnabled: false,
      activeAnswers: 0,
      waitingAnswers: 0,
      serving: [],
      servedPerMinute: Array.from({ length: 30 }, () => 0),
    },
    network: { state: 'online', connectedMachines: 0, isDemo: false, reason: '' },
    chats: [],
    settings: {
      theme: 'system',
      deviceName: 'Mira’s laptop',
      chatPoolId: null,
      chatModel: null,
      serverUrls: [],
      isFirstRunDone: false,
      announceAnswers: 'sentences',
    },
    runtime: { version: '0.1.0', engineMemoryFreeBytes: 11_400 * megabyte, profileName: 'default', demoRole: 'none' },
    keys: [],
    usage: { revision: 0, servedToday: noUsage, consumedToday: noUsage, clocks: [] },
    api: { state: 'off', url: null, error: null },
  }
}
