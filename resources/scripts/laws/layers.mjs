// Which folder may import which: the one place to say so. What is not listed is refused.
//
// The rules of dependency-cruiser (rules.mjs), the pictures in docs/architecture.md (diagram.mjs) and the test that plants
// forbidden imports (laws.test.ts) are made from this list.

/**
 * @typedef {object} Folder
 * @property {string} holds one sentence for docs/architecture.md
 * @property {string[]} imports folders of lower layers
 * @property {Record<string, string>} [besides] folders of the same layer, each with the reason
 *
 * @typedef {object} Layer
 * @property {string} title
 * @property {Record<string, Folder>} folders by path. A folder with named rooms owns only the files directly in it.
 */

const ground = ['node/contract', 'node/base']
const window = ['node/contract', 'renderer/bridge', 'renderer/locales', 'renderer/state', 'renderer/components']

/** From the lowest to the highest: a folder imports from below, and never from beside without a reason. @type {Layer[]} */
export const layers = [
  {
    title: 'tools',
    folders: {
      resources: { holds: 'scripts of `npm run`, packaging, icons', imports: [] },
      '.': {
        holds: '`package.json` and the configuration of the tools',
        imports: [],
        besides: { resources: 'electron-builder.ts looks a package through with a script of its own' },
      },
      'node/types': { holds: 'declarations of modules that bring none', imports: [] },
    },
  },
  {
    title: 'contract',
    folders: {
      'node/contract': {
        holds: 'every call and event between a window and the peer, as one object, with schemas and error codes',
        imports: [],
      },
    },
  },
  {
    title: 'base',
    folders: {
      'node/base': {
        holds: '`Worker` and `Facility`, configuration, status file, log, deadlines, listeners',
        imports: ['node/contract'],
      },
    },
  },
  {
    title: 'proof and access',
    folders: {
      'node/access': { holds: 'who may: standing, role and state of a key, to codes', imports: ground },
      'node/crypto': {
        holds: 'the one door to libsodium: keys, signatures by purpose, sealed boxes, password hashing',
        imports: ground,
      },
    },
  },
  {
    title: 'parts',
    folders: {
      'node/accounts': {
        holds: 'vaults, recovery phrases, device lists, invites and their proofs: pure functions and their files',
        imports: [...ground, 'node/crypto'],
      },
      'node/state': {
        holds: 'Corestores and bees: our own by Hyperbee, those of others read block by block under a law',
        imports: [...ground, 'node/crypto'],
      },
      'node/net': {
        holds: 'the DHT node, the swarm, the pool connection and the one for linking',
        imports: [...ground, 'node/crypto'],
        besides: {
          'node/protocol': 'both connections pass the same guard of frames and name their calls in one table',
        },
      },
      'node/protocol': {
        holds:
          'the service connection: calls, token channels, heartbeat, deadlines; what judges both connections; the count of tokens',
        imports: [...ground, 'node/crypto', 'node/access'],
        besides: { 'node/engines': 'a request and its parts have one shape from the wire to the engine' },
      },
      'node/engines': {
        holds: 'Ollama, llama.cpp and OpenAI-compatible servers behind one interface; catalogue and downloads',
        imports: ground,
      },
    },
  },
  {
    title: 'pools',
    folders: {
      'node/pools': {
        holds: 'directory, envelopes, bees of members and devices, and the admission that guards them',
        imports: [...ground, 'node/crypto', 'node/accounts', 'node/state', 'node/net', 'node/protocol', 'node/access'],
      },
    },
  },
  {
    title: 'accounting',
    folders: {
      'node/keys': {
        holds: 'API keys: their text and records, the index that follows all bees of devices, and the checks',
        imports: [...ground, 'node/crypto', 'node/access', 'node/accounts', 'node/state', 'node/pools'],
        besides: { 'node/limits': 'the terms of a key are limits' },
      },
      'node/limits': {
        holds: 'limits that hold over all devices: who counts, what others hold, and how a count moves',
        imports: [
          ...ground,
          'node/crypto',
          'node/access',
          'node/accounts',
          'node/state',
          'node/protocol',
          'node/engines',
        ],
      },
      'node/usage': {
        holds: 'receipts that both sides sign, their way to each other, totals, files, and the check of a month',
        imports: [
          ...ground,
          'node/crypto',
          'node/access',
          'node/accounts',
          'node/state',
          'node/protocol',
          'node/engines',
          'node/pools',
        ],
      },
    },
  },
  {
    title: 'services',
    folders: {
      'node/client': {
        holds: 'asks: chats, and the requests of their messages',
        imports: [...ground, 'node/state', 'node/protocol', 'node/engines', 'node/pools'],
      },
      'node/gateway': {
        holds: 'routes: finds a machine for each request, holds it to the limits of its key, keeps its receipt',
        imports: [...ground, 'node/crypto', 'node/protocol', 'node/access', 'node/keys', 'node/limits', 'node/usage'],
      },
      'node/processor': {
        holds: 'runs: admission, scheduler, plans, the generation that is served, its receipt',
        imports: [...ground, 'node/protocol', 'node/engines', 'node/access', 'node/limits', 'node/usage'],
      },
      'node/linking': {
        holds: 'a second device joins an account',
        imports: [...ground, 'node/crypto', 'node/accounts', 'node/net'],
      },
    },
  },
  {
    title: 'http',
    folders: {
      'node/http': {
        holds: 'the local HTTP API: who may ask, how it is answered, and how failures look',
        imports: [...ground, 'node/access', 'node/protocol', 'node/engines', 'node/limits'],
      },
    },
  },
  {
    title: 'session',
    folders: {
      'node/session': {
        holds: 'what runs while one account is signed in: its stores, pools and network, and the services over them',
        imports: [
          ...ground,
          'node/accounts',
          'node/state',
          'node/net',
          'node/protocol',
          'node/engines',
          'node/access',
          'node/pools',
          'node/keys',
          'node/limits',
          'node/usage',
          'node/client',
          'node/gateway',
          'node/processor',
          'node/linking',
          'node/http',
        ],
      },
    },
  },
  {
    title: 'peer',
    folders: {
      'node/peer': {
        holds: 'the composition root `peer.ts`: the calls of the contract, the state of the window, who is signed in',
        imports: [
          ...ground,
          'node/crypto',
          'node/accounts',
          'node/state',
          'node/net',
          'node/protocol',
          'node/engines',
          'node/pools',
          'node/keys',
          'node/usage',
          'node/linking',
          'node/http',
          'node/session',
        ],
      },
    },
  },
  {
    title: 'control',
    folders: {
      'node/control': { holds: 'the socket between a command and the peer', imports: [...ground, 'node/crypto'] },
    },
  },
  {
    title: 'command',
    folders: {
      'node/cli': {
        holds: 'the `kith` command',
        imports: ['.', ...ground, 'node/limits', 'node/peer', 'node/control'],
      },
    },
  },
  {
    title: 'parts of the app',
    folders: {
      'electron/host': {
        holds: 'the peer in the main process, its children, the keychain',
        imports: [...ground, 'node/peer', 'node/control'],
      },
      'electron/invites': { holds: 'invites that come as a URL or a file', imports: ['node/contract'] },
    },
  },
  {
    title: 'windows of the app',
    folders: {
      'electron/windows': {
        holds: 'windows, tray and menus, what a page may not do, and what is done when one crashes',
        imports: [...ground, 'node/peer', 'electron/host', 'electron/invites'],
      },
    },
  },
  {
    title: 'edges of the app',
    folders: {
      'electron/bridge': {
        holds: 'the typed bridge between page and peer, and the calls the app answers itself',
        imports: [...ground, 'node/state', 'electron/host', 'electron/invites', 'electron/windows'],
      },
      'electron/demo': {
        holds: 'two installs on one computer, to try Kith alone',
        imports: [...ground, 'node/net', 'node/peer', 'electron/host', 'electron/invites'],
      },
    },
  },
  {
    title: 'app',
    folders: {
      electron: {
        holds: 'the Electron app: composes its rooms; no product rules',
        imports: [
          ...ground,
          'node/control',
          'electron/host',
          'electron/invites',
          'electron/windows',
          'electron/bridge',
          'electron/demo',
        ],
      },
    },
  },
  {
    title: 'ground of the page',
    folders: {
      'renderer/bridge': { holds: 'the page’s side of the bridge', imports: ['node/contract'] },
      'renderer/locales': { holds: 'every text a person reads, and the format of numbers', imports: ['node/contract'] },
      'renderer/styles': { holds: 'tokens and base styles', imports: [] },
    },
  },
  {
    title: 'state of the page',
    folders: {
      'renderer/state': {
        holds: 'slices of the peer’s state, settings, navigation, calls',
        imports: ['node/contract', 'renderer/bridge', 'renderer/locales'],
      },
    },
  },
  {
    title: 'components',
    folders: {
      'renderer/components': {
        holds: 'buttons, dialogs, forms, tables: they know no feature',
        imports: ['node/contract', 'renderer/bridge', 'renderer/locales', 'renderer/state'],
      },
    },
  },
  {
    title: 'features',
    folders: {
      'renderer/account': { holds: 'signing up, signing in, restoring, linking', imports: window },
      'renderer/chat': { holds: 'chats, composer, transcript', imports: window },
      'renderer/keys': {
        holds: 'API keys and the address for programs',
        imports: window,
        besides: { 'renderer/usage': 'a key shows the chart of its own usage' },
      },
      'renderer/models': { holds: 'models of this computer', imports: window },
      'renderer/pool': { holds: 'members, machines, invites, plans', imports: window },
      'renderer/profile': { holds: 'one’s own account', imports: window },
      'renderer/settings': { holds: 'settings', imports: window },
      'renderer/share': { holds: 'sharing, and what was served', imports: window },
      'renderer/usage': { holds: 'usage: charts, tables, receipts', imports: window },
    },
  },
  {
    title: 'first run',
    folders: {
      'renderer/first-run': {
        holds: 'the steps of the first run, made of features',
        imports: [...window, 'renderer/chat', 'renderer/models', 'renderer/pool'],
      },
    },
  },
  {
    title: 'shell',
    folders: {
      'renderer/app': {
        holds: 'frame, sidebar, pages, toasts',
        imports: [
          ...window,
          'renderer/account',
          'renderer/chat',
          'renderer/keys',
          'renderer/models',
          'renderer/pool',
          'renderer/profile',
          'renderer/settings',
          'renderer/share',
          'renderer/usage',
          'renderer/first-run',
        ],
      },
    },
  },
  {
    title: 'page',
    folders: {
      renderer: {
        holds: 'the page: `main.tsx`',
        imports: ['renderer/bridge', 'renderer/locales', 'renderer/styles', 'renderer/app'],
      },
    },
  },
]

/**
 * Rooms of one folder: a room imports the files directly in its folder, and of the other rooms those named here.
 * @type {Record<string, Record<string, string[]>>}
 */
export const rooms = {
  'node/accounts': { records: [], vault: ['records'] },
  'node/engines': { llama: ['models'], ollama: [], openai: [], models: ['downloads', 'llama'], downloads: ['models'] },
  'node/limits': { grantor: ['network'], holder: ['network'], network: ['grantor', 'holder'] },
  'node/pools': { pool: [], connections: ['pool'], devices: ['pool', 'connections'] },
}

/**
 * @typedef {object} Fence npm modules that only some folders may import
 * @property {string} name
 * @property {string[]} modules
 * @property {string[]} folders with everything below them
 * @property {string[]} typesIn folders that may name their types, which brings no code along
 * @property {boolean} openToTests
 */

/** @type {Fence[]} */
export const fences = [
  {
    name: 'holepunch',
    modules: [
      '@hyperswarm/rpc',
      'corestore',
      'fs-native-extensions',
      'hyperbee',
      'hypercore',
      'hypercore-storage',
      'hyperdht',
      'hyperswarm',
      'protomux',
    ],
    folders: ['node/net', 'node/protocol', 'node/state'],
    typesIn: ['node/pools', 'node/types'],
    openToTests: true,
  },
  // An invite is packed by hand as well, so that it is short.
  {
    name: 'encoding',
    modules: ['compact-encoding'],
    folders: ['node/accounts', 'node/net', 'node/protocol', 'node/state'],
    typesIn: ['node/pools', 'node/types'],
    openToTests: true,
  },
  { name: 'sodium', modules: ['sodium-native'], folders: ['node/crypto'], typesIn: [], openToTests: false },
  { name: 'llama', modules: ['node-llama-cpp'], folders: ['node/engines'], typesIn: [], openToTests: true },
  { name: 'fastify', modules: ['fastify'], folders: ['node/http'], typesIn: [], openToTests: false },
  {
    name: 'electron',
    modules: ['electron'],
    folders: ['electron', 'resources/electron-default-app', 'resources/page-test-window'],
    typesIn: [],
    openToTests: false,
  },
  {
    name: 'react',
    modules: ['react', 'react-dom', 'react-i18next', 'zustand'],
    folders: ['renderer'],
    typesIn: [],
    openToTests: false,
  },
]

/** Test code: `*.test.ts`, folders named `testing`, and e2e. No product code imports it. */
export const tests = {
  /** What it may import beside its own top, with everything below; all tops are named. @type {Record<string, string[]>} */
  imports: {
    node: ['resources/scripts/real'],
    electron: ['node'],
    renderer: ['node/contract'],
    resources: ['node'],
    e2e: ['node', 'resources/scripts'],
  },
}
