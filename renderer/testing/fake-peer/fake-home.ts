import { planIdSchema, sessionIdSchema, tagOf } from '../../../node/contract/ids.ts'
import { defaultPlanId, type Plan } from '../../../node/contract/pools.ts'
import type { AppState, Message } from '../../../node/contract/state.ts'
import { fakeIds } from './fake-ids.ts'
import { runningApi } from './fake-keys.ts'
import { fakeMachine, fakeMember, fakeModel, fakePool, freshState } from './fake-state.ts'

const hourMs = 3_600_000
const guestPlan: Plan = {
  planId: planIdSchema.parse('visitors'),
  name: 'Visitors',
  limits: { requestsPerMinute: 5, tokensPerDay: 20_000 },
  limitMode: 'enforced',
  timeZone: 'Europe/Vienna',
}
const accountId = fakeIds.account('mira')

/** Somebody who has used Kith for a while: two pools, friends, models, chats. */
export function homeState(nowMs: number): AppState {
  const devices = fakePool('My devices', {
    kind: 'devices',
    members: [fakeMember('mira', { role: 'owner', isSelf: true })],
  })
  const friends = fakePool('Garden Street', {
    members: [
      fakeMember('mira', { role: 'owner', isSelf: true }),
      fakeMember('jonas', { role: 'admin' }),
      fakeMember('aylin', { state: 'provisional' }),
      fakeMember('tom', { role: 'guest', state: 'suspended', planId: guestPlan.planId }),
    ],
    plans: [{ ...guestPlan, planId: defaultPlanId, name: 'Friends', limits: {} }, guestPlan],
    coordinatorDeviceId: fakeIds.device('Mira’s laptop'),
    invites: [
      {
        inviteId: fakeIds.invite('one'),
        link: 'kith://join/AbCdEf0123456789AbCdEf0123456789AbCdEf0123456789',
        role: 'member',
        planId: defaultPlanId,
        usesAllowed: 5,
        usesSpent: 2,
        expiresAtMs: nowMs + 50 * hourMs,
        state: 'open',
      },
      {
        inviteId: fakeIds.invite('two'),
        link: 'kith://join/Zz',
        role: 'guest',
        planId: defaultPlanId,
        usesAllowed: 1,
        usesSpent: 1,
        expiresAtMs: nowMs - hourMs,
        state: 'spent',
      },
    ],
  })
  const fresh = freshState()
  const gemma = fakeModel('Gemma 3 270M', { isLoaded: true })
  const both = [devices.poolId, friends.poolId]
  return {
    ...fresh,
    account: {
      accounts: [{ accountId, username: 'mira', tag: tagOf(accountId), isRemembered: false }],
      current: {
        accountId,
        username: 'mira',
        tag: tagOf(accountId),
        isRemembered: false,
        hasRootKey: true,
        devices: [
          {
            deviceId: fakeIds.device('Mira’s laptop'),
            name: 'Mira’s laptop',
            addedAtMs: nowMs - 2_000 * hourMs,
            isSelf: true,
            isConnected: false,
          },
          {
            deviceId: fakeIds.device('Mira’s desktop'),
            name: 'Mira’s desktop',
            addedAtMs: nowMs - 300 * hourMs,
            isSelf: false,
            isConnected: true,
          },
        ],
        sessions: [
          {
            sessionId: sessionIdSchema.parse('00000000-0000-4000-8000-0000000000a1'),
            kind: 'window',
            startedAtMs: nowMs - 2 * hourMs,
            seenAtMs: nowMs - 5_000,
            expiresAtMs: nowMs + hourMs,
          },
          {
            sessionId: sessionIdSchema.parse('00000000-0000-4000-8000-0000000000a2'),
            kind: 'command',
            startedAtMs: nowMs - hourMs,
            seenAtMs: nowMs - hourMs / 2,
            expiresAtMs: nowMs + hourMs,
          },
        ],
        keepsSharing: false,
        link: null,
        deviceId: fakeIds.device('Mira’s laptop'),
        deviceName: 'Mira’s laptop',
        recoveryPhraseSaved: true,
      },
      copiedProfile: false,
      sharingAs: null,
    },
    pools: [devices, friends],
    machines: [
      fakeMachine('Mira’s laptop', 'mira', {
        isSelf: true,
        connection: 'self',
        isSharing: false,
        poolIds: both,
        models: [gemma],
      }),
      fakeMachine('Studio PC', 'jonas', {
        poolIds: [friends.poolId],
        activeAnswers: 1,
        models: [
          fakeModel('llama3.3:70b', { engine: 'ollama', isLoaded: true }),
          fakeModel('qwen3:8b', { engine: 'ollama' }),
        ],
      }),
      fakeMachine('Mira’s desktop', 'mira', { poolIds: both, models: [fakeModel('qwen3:8b', { engine: 'ollama' })] }),
      fakeMachine('Aylin’s Mac mini', 'aylin', {
        poolIds: [friends.poolId],
        connection: 'connecting',
        isSharing: false,
      }),
      fakeMachine('Old tower', 'tom', { poolIds: [friends.poolId], connection: 'offline', isSharing: false }),
    ],
    models: {
      local: [
        gemma,
        fakeModel('mistral-small:24b', { engine: 'ollama', sizeBytes: 14_300_000_000, contextTokens: 32_768 }),
      ],
      catalogue: fresh.models.catalogue.map((entry) =>
        entry.catalogueId === 'gemma-3-270m'
          ? { ...entry, download: { state: 'ready' } }
          : { ...entry, isSuggested: false },
      ),
      suggestions: [
        { kind: 'present', name: 'mistral-small:24b', engine: 'ollama' },
        { kind: 'download', catalogueId: 'qwen-3-4b' },
        { kind: 'present', name: gemma.name, engine: 'embedded' },
      ],
    },
    api: runningApi,
    engines: { ...fresh.engines, ollama: { ...fresh.engines.ollama, state: 'running', version: '0.17.4' } },
    network: { state: 'online', connectedMachines: 2, isDemo: false, reason: '' },
    settings: {
      ...fresh.settings,
      chatPoolId: friends.poolId,
      chatModel: 'Gemma 3 270M',
      isFirstRunDone: true,
      hasReadPrivacyNote: true,
    },
  }
}

export function fakeQuestion(text: string, createdAtMs: number): Message {
  return { messageId: fakeIds.message(), role: 'user', text, createdAtMs, answer: null }
}

type Answer = NonNullable<Message['answer']>

export function fakeAnswer(text: string, createdAtMs: number, change: Partial<Answer> = {}): Message {
  return {
    messageId: fakeIds.message(),
    role: 'assistant',
    text,
    createdAtMs,
    answer: {
      state: 'complete',
      model: 'llama3.3:70b',
      machineName: 'Studio PC',
      deviceId: fakeIds.device('Studio PC'),
      isOwnMachine: false,
      memberName: 'jonas',
      promptTokens: 24,
      completionTokens: 212,
      firstTokenMs: 640,
      durationMs: 8_200,
      error: null,
      ...change,
    },
  }
}
