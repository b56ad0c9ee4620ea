import { kithError } from '../../node/contract/errors.ts'
import type { ChatId } from '../../node/contract/ids.ts'
import type { AppState, Message } from '../../node/contract/state.ts'
import { fakeAnswer, fakeQuestion, homeState } from './fake-peer/fake-home.ts'
import { fakeKeys } from './fake-peer/fake-keys.ts'
import { fakeIds } from './fake-peer/fake-ids.ts'
import { freshState } from './fake-peer/fake-state.ts'

export interface Scene {
  readonly state: AppState
  readonly chats: Map<ChatId, Message[]>
}

const heatPump = `A heat pump moves warmth instead of making it. It works like a **fridge turned around**:

1. Outside, a cold liquid soaks up a little heat, even from chilly air.
2. A pump squeezes it, which makes it properly hot.
3. Inside, it gives that heat to your rooms and starts again.

For each unit of electricity you get about *three* units of heat. Read more at [Energy Saving Trust](https://energysavingtrust.org.uk/advice/air-source-heat-pumps/).

| Source | Units of heat |
| --- | --- |
| Electric heater | 1 |
| Heat pump | 3 to 4 |

\`\`\`python
heat = electricity * 3.2
print(f"{heat:.1f} kWh")
\`\`\`

![diagram](https://example.com/pump.png)`

function withChats(state: AppState, nowMs: number): Scene {
  const titles = [
    'How does a heat pump work?',
    'A kind note to a neighbour',
    'Lentils and spinach',
    'Plan for the long weekend in the hills with children and a dog',
  ]
  const chats = new Map<ChatId, Message[]>()
  const summaries = titles.map((title, place) => {
    const chatId = fakeIds.chat()
    const atMs = nowMs - place * 5_400_000
    const failed = place === 1
    chats.set(chatId, [
      fakeQuestion(title, atMs),
      failed
        ? fakeAnswer('Dear neighbour, thank you for', atMs, {
            state: 'failed',
            error: kithError('machine_lost', { machine: 'Studio PC' }),
          })
        : fakeAnswer(heatPump, atMs),
      ...(place === 0
        ? [
            fakeQuestion('Is it loud?', atMs),
            fakeAnswer('About as loud as a fridge. Most are quieter than a normal conversation.', atMs, {
              isOwnMachine: true,
              machineName: 'Mira’s laptop',
              model: 'Gemma 3 270M',
              completionTokens: 17,
            }),
          ]
        : []),
    ])
    return { chatId, title, updatedAtMs: atMs, isAnswering: false }
  })
  return { state: { ...state, chats: summaries }, chats }
}

/** Ten chats. What each says has a word of its own, which its title lacks. */
function tenChats(nowMs: number): Scene {
  const chats = new Map<ChatId, Message[]>()
  const summaries = Array.from({ length: 10 }, (_, place) => {
    const chatId = fakeIds.chat()
    const atMs = nowMs - place * 60_000
    chats.set(chatId, [
      fakeQuestion(`Who asks only-${place}?`, atMs),
      fakeAnswer(`Nobody but only-${place} does.`, atMs),
    ])
    return { chatId, title: `Chat number ${place}`, updatedAtMs: atMs, isAnswering: false }
  })
  return { state: { ...homeState(nowMs), chats: summaries }, chats }
}

/** States worth looking at, by name. */
export const scenes = {
  tenChats,
  fresh: (): Scene => ({ state: freshState(), chats: new Map() }),
  home: (nowMs: number): Scene => withChats(homeState(nowMs), nowMs),
  signedOut: (nowMs: number): Scene => {
    const state = homeState(nowMs)
    return { state: { ...state, account: { ...state.account, current: null } }, chats: new Map() }
  },
  sharing: (nowMs: number): Scene => {
    const scene = withChats(homeState(nowMs), nowMs)
    const served = [0, 0, 1, 2, 0, 0, 3, 4, 2, 1, 0, 0, 0, 1, 5, 6, 3, 2, 0, 0, 1, 1, 0, 2, 3, 4, 2, 1, 2, 1]
    const serving = [{ accountId: fakeIds.account('jonas'), name: 'jonas', activeAnswers: 1, waitingAnswers: 2 }]
    const sharing = { isEnabled: true, activeAnswers: 1, waitingAnswers: 2, serving, servedPerMinute: served }
    return { ...scene, state: { ...scene.state, sharing } }
  },
  keyed: (nowMs: number): Scene => {
    const scene = withChats(homeState(nowMs), nowMs)
    return { ...scene, state: { ...scene.state, keys: fakeKeys(nowMs) } }
  },
  portTaken: (nowMs: number): Scene => {
    const state = homeState(nowMs)
    return {
      state: {
        ...state,
        keys: fakeKeys(nowMs).slice(0, 1),
        settings: { ...state.settings, apiPort: 8080 },
        api: { state: 'failed', url: null, error: kithError('port_taken', { port: 8080 }), takenPort: 8080 },
      },
      chats: new Map(),
    }
  },
  usualPortTaken: (nowMs: number): Scene => {
    const state = homeState(nowMs)
    return {
      state: { ...state, keys: fakeKeys(nowMs).slice(0, 1), api: { ...state.api, takenPort: 11_535 } },
      chats: new Map(),
    }
  },
  localhostTaken: (nowMs: number): Scene => {
    const state = homeState(nowMs)
    return {
      state: { ...state, keys: fakeKeys(nowMs).slice(0, 1), api: { ...state.api, takenPort: 4_777 } },
      chats: new Map(),
    }
  },
  empty: (nowMs: number): Scene => {
    const state = homeState(nowMs)
    const fresh = freshState()
    return {
      state: {
        ...state,
        pools: state.pools.filter((pool) => pool.kind === 'devices'),
        machines: state.machines.filter((machine) => machine.isSelf).map((machine) => ({ ...machine, models: [] })),
        models: fresh.models,
        engines: fresh.engines,
        network: { ...fresh.network, state: 'offline' },
        settings: { ...state.settings, chatModel: null, chatPoolId: null },
      },
      chats: new Map(),
    }
  },
  /** Somebody in the pool has misbehaved, and it did not help. */
  attacked: (nowMs: number): Scene => {
    const scene = withChats(homeState(nowMs), nowMs)
    const accountId = fakeIds.account('tom')
    const machine = { machine: 'Old tower', member: 'tom' }
    const cutOff = { deviceId: fakeIds.device('Old tower'), accountId }
    const pools = scene.state.pools.map((pool) =>
      pool.kind === 'shared'
        ? {
            ...pool,
            setAside: [
              {
                ...{ ...cutOff, core: 'c0', kind: 'member' as const, atMs: nowMs - 7_200_000 },
                error: kithError('records_malformed', {
                  ...{ kind: 'member', account: 'tom', machine: 'Old tower', pool: pool.name },
                  reason: 'a block is its own child',
                }),
              },
            ],
            cutOffs: [
              { ...cutOff, atMs: nowMs - 60_000, error: kithError('hostile_messages', machine) },
              {
                ...{ ...cutOff, deviceId: fakeIds.device('Tom’s phone'), atMs: nowMs - 1_800_000 },
                error: kithError('replies_unread', { ...machine, machine: 'Tom’s phone' }),
              },
            ],
          }
        : pool,
    )
    const clocks = [
      kithError('own_clock_off', { minutes: 61, accounts: 3 }),
      kithError('clock_off', { machine: 'Old tower', minutes: 300 }),
    ]
    return { ...scene, state: { ...scene.state, pools, usage: { ...scene.state.usage, clocks } } }
  },
  troubled: (nowMs: number): Scene => {
    const scene = withChats(homeState(nowMs), nowMs)
    const { state } = scene
    const [first, second, ...rest] = state.models.catalogue
    if (first === undefined || second === undefined || state.account.current === null) return scene
    return {
      ...scene,
      state: {
        ...state,
        account: {
          ...state.account,
          copiedProfile: true,
          current: { ...state.account.current, recoveryPhraseSaved: false },
        },
        pools: state.pools.map((pool) =>
          pool.kind === 'shared' ? { ...pool, role: 'member', isManager: false, state: 'waiting', invites: [] } : pool,
        ),
        network: { ...state.network, isDemo: true },
        runtime: { ...state.runtime, demoRole: 'second' },
        models: {
          ...state.models,
          catalogue: [
            {
              ...first,
              download: {
                state: 'failed',
                error: kithError('download_failed', { model: first.name, reason: 'the connection was lost' }),
                receivedBytes: 1_000_000,
                totalBytes: 253_000_000,
              },
            },
            {
              ...second,
              download: {
                state: 'downloading',
                receivedBytes: 900_000_000,
                totalBytes: 2_500_000_000,
                bytesPerSecond: 11_000_000,
                source: 'first source',
              },
            },
            ...rest,
          ],
        },
      },
    }
  },
} as const satisfies Record<string, (nowMs: number) => Scene>

export type SceneName = keyof typeof scenes
