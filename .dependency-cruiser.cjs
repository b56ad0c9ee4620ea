/** Which part may import which: the layers of docs/architecture.md. */
const part = (/** @type {string} */ names) => `^node/(${names})/`
const holepunch =
  'node_modules/(hyperswarm|hyperdht|@hyperswarm|protomux|hypercore|hyperbee|corestore|compact-encoding)/'

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    {
      name: 'no-circles',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    { name: 'no-unresolved', severity: 'error', from: {}, to: { couldNotResolve: true } },
    {
      name: 'page-knows-the-contract-alone',
      severity: 'error',
      from: { path: '^renderer/' },
      to: { path: '^(node|electron|e2e|resources)/', pathNot: '^node/contract/' },
    },
    {
      name: 'peer-knows-no-window',
      severity: 'error',
      from: { path: '^node/' },
      to: { path: ['^(electron|renderer|e2e)/', 'node_modules/(electron|react|react-dom)/'] },
    },
    {
      name: 'host-knows-no-page',
      severity: 'error',
      from: { path: '^electron/' },
      to: { path: ['^(renderer|e2e)/'] },
    },
    {
      name: 'contract-stands-alone',
      severity: 'error',
      from: { path: part('contract'), pathNot: '\\.test\\.ts$' },
      to: { path: '^node/', pathNot: part('contract') },
    },
    {
      name: 'base-stands-on-the-contract',
      severity: 'error',
      from: { path: part('base'), pathNot: '\\.test\\.ts$' },
      to: { path: '^node/', pathNot: part('contract|base') },
    },
    {
      name: 'crypto-stands-on-the-base',
      severity: 'error',
      from: { path: part('crypto|facilities'), pathNot: '\\.test\\.ts$' },
      to: { path: '^node/', pathNot: part('contract|base|crypto|facilities') },
    },
    {
      name: 'roles-and-commands-stand-on-top',
      severity: 'error',
      from: { path: '^node/', pathNot: [part('client|gateway|processor|linking|session|peer|control|cli'), '\\.test\\.ts$', '/testing/'] },
      to: { path: part('client|gateway|processor|linking|session|peer|control|cli') },
    },
    {
      name: 'roles-know-no-commands',
      severity: 'error',
      from: { path: part('client|gateway|processor|linking|session|peer'), pathNot: '\\.test\\.ts$' },
      to: { path: part('cli') },
    },
    {
      name: 'holepunch-stays-in-net-protocol-state',
      severity: 'error',
      from: { path: '^(node|electron|renderer)/', pathNot: [part('net|protocol|state'), '\\.test\\.ts$', '/testing/'] },
      // Naming a type brings no code along.
      to: { path: holepunch, dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'sodium-stays-in-crypto',
      severity: 'error',
      from: { path: '^(node|electron|renderer)/', pathNot: [part('crypto'), '\\.test\\.ts$'] },
      to: { path: 'node_modules/sodium-native/' },
    },
    {
      name: 'no-test-code-in-the-product',
      severity: 'error',
      from: { pathNot: ['\\.test\\.tsx?$', '/testing/', '^e2e/'] },
      to: { path: ['\\.test\\.tsx?$', '/testing/'] },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^out/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node', 'default', 'types'] },
  },
}
