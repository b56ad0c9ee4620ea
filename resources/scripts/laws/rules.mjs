// The list of layers.mjs as rules of dependency-cruiser.
import { fences, layers, rooms, tests } from './layers.mjs'

/** @typedef {import('dependency-cruiser').IForbiddenRuleType} Rule */

/** Every folder of the list, by path. */
export const folders = Object.assign({}, ...layers.map((layer) => layer.folders))

const listed = 'resources/scripts/laws/layers.mjs has the list.'
const tops = Object.keys(tests.imports)
const rootFiles = '^[^/]+\\.(json|[cm]?[jt]s)$'
const ownCode = [`^(${tops.join('|')})/`, rootFiles]
const testNames = ['\\.test\\.tsx?$', '/testing/']
const testFiles = [...testNames, '^e2e/']

/** The files of a folder, without those of rooms that have a line of their own. @param {string} folder */
function filesOf(folder) {
  if (folder === '.') return rootFiles
  const hasRooms = Object.keys(folders).some((other) => other.startsWith(`${folder}/`))
  return hasRooms ? `^${folder}/[^/]+$` : `^${folder}/`
}

/** @param {string[]} names */
function below(names) {
  return `^(${names.join('|')})/`
}

/** @param {string[]} names */
function spoken(names) {
  return names.length === 0 ? 'nothing outside itself' : names.join(', ')
}

/** @param {string} folder @returns {Rule} */
function folderRule(folder) {
  const { imports, besides = {} } = folders[folder]
  const allowed = [...imports, ...Object.keys(besides)]
  return {
    name: folder,
    comment: `${folder} may import ${spoken(allowed)}. ${listed}`,
    severity: 'error',
    from: { path: filesOf(folder), pathNot: testFiles },
    to: { path: ownCode, pathNot: [folder, ...allowed].map(filesOf) },
  }
}

/** @param {string} folder @param {string} room @param {string[]} allowed @returns {Rule} */
function roomRule(folder, room, allowed) {
  return {
    name: `${folder}/${room}`,
    comment: `${folder}/${room} may import files directly in ${folder}, and of its rooms ${spoken(allowed)}. ${listed}`,
    severity: 'error',
    from: { path: `^${folder}/${room}/`, pathNot: testFiles },
    to: { path: `^${folder}/[^/]+/`, pathNot: [room, ...allowed].map((name) => `^${folder}/${name}/`) },
  }
}

/** @param {string} top @param {string[]} allowed @returns {Rule} */
function testRule(top, allowed) {
  return {
    name: `tests-of-${top}`,
    comment: `Tests of ${top} may import ${spoken([top, ...allowed])}. ${listed}`,
    severity: 'error',
    from: { path: top === 'e2e' ? '^e2e/' : [`^${top}/testing/`, ...testNames.map((name) => `^${top}/.*${name}`)] },
    to: { path: ownCode, pathNot: below([top, ...allowed]) },
  }
}

/** @param {import('./layers.mjs').Fence} fence @returns {Rule[]} */
function fenceRules({ name, modules, folders: inside, typesIn, openToTests }) {
  const path = `(^|/)node_modules/(${modules.join('|')})/`
  const excused = openToTests ? testFiles : []
  const comment = `Only ${inside.join(', ')} may import ${modules.join(', ')}. ${listed}`
  /** @type {Rule[]} */
  const rules = [
    {
      name: `${name}-is-fenced`,
      comment,
      severity: 'error',
      from: { path: below(tops), pathNot: [below([...inside, ...typesIn]), ...excused] },
      to: { path },
    },
  ]
  if (typesIn.length > 0) {
    rules.push({
      name: `${name}-is-fenced-but-for-types`,
      comment: `${comment} ${typesIn.join(', ')} may import their types.`,
      severity: 'error',
      from: { path: below(typesIn), pathNot: excused },
      to: { path, dependencyTypesNot: ['type-only'] },
    })
  }
  return rules
}

/** @type {Rule[]} */
const general = [
  {
    name: 'no-circles',
    comment: 'Files that import each other in a circle cannot be read, tested or loaded alone.',
    severity: 'error',
    from: {},
    to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
  },
  {
    name: 'no-unresolved',
    comment: 'There is no such file or module.',
    severity: 'error',
    from: {},
    to: { couldNotResolve: true },
  },
  {
    name: 'no-test-code-in-the-product',
    comment: 'Product code may not import tests, folders named testing, or e2e.',
    severity: 'error',
    from: { pathNot: testFiles },
    to: { path: testFiles },
  },
  {
    name: 'no-folder-without-a-line',
    comment: `This folder may import nothing until it is listed. ${listed}`,
    severity: 'error',
    from: { path: below(tops), pathNot: [...Object.keys(folders).map(filesOf), ...testFiles] },
    to: {},
  },
]

/** @type {Rule[]} */
export const rules = [
  ...general,
  ...Object.keys(folders).map(folderRule),
  ...Object.entries(rooms).flatMap(([folder, inside]) =>
    Object.entries(inside).map(([room, allowed]) => roomRule(folder, room, allowed)),
  ),
  ...Object.entries(tests.imports).map(([top, allowed]) => testRule(top, allowed)),
  ...fences.flatMap(fenceRules),
]

/** How imports are read: those of types too. */
export const options = {
  doNotFollow: { path: 'node_modules' },
  exclude: { path: '^out/' },
  tsPreCompilationDeps: true,
  enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node', 'default', 'types'] },
}
