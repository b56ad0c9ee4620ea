import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { projectFolder } from '../setup/paths.mjs'
import { pageFile, withLayers } from './diagram.mjs'
import { fences, layers, rooms, tests, type Folder } from './layers.mjs'
import { PlantedTree, type Refusal } from './testing/planted-tree.ts'

const folders: [string, Folder][] = layers.flatMap((layer) => Object.entries(layer.folders))
const paths = folders.map(([path]) => path)
const tops = Object.keys(tests.imports)

const inFolder = (folder: string, name: string): string => (folder === '.' ? name : `${folder}/${name}`)
const targetOf = (folder: string): string => inFolder(folder, 'target.ts')
const isBelow = (path: string, among: readonly string[]): boolean =>
  among.some((folder) => path === folder || path.startsWith(`${folder}/`))

/** One import a line: `from → to`. */
const mustRefuse = new Set<string>()
const mustAccept = new Set<string>()
let refusals: Refusal[]
let tree: PlantedTree

function plant(from: string, to: string, kind: 'type' | 'value', isAllowed: boolean): void {
  ;(isAllowed ? mustAccept : mustRefuse).add(`${from} → ${to}`)
  tree.plant(from, to, kind)
}

/** Naming a type is the least of imports: where that is refused, everything is. */
function plantFolders(): void {
  for (const folder of paths) tree.target(targetOf(folder))
  for (const [from, { imports, besides = {} }] of folders) {
    for (const to of paths.filter((path) => path !== from)) {
      plant(inFolder(from, 'folders.ts'), targetOf(to), 'type', imports.includes(to) || to in besides)
    }
  }
}

function plantRooms(): void {
  for (const [folder, inside] of Object.entries(rooms)) {
    for (const room of Object.keys(inside)) tree.target(`${folder}/${room}/target.ts`)
    for (const [room, allowed] of Object.entries(inside)) {
      const from = `${folder}/${room}/rooms.ts`
      plant(from, targetOf(folder), 'type', true)
      for (const other of Object.keys(inside).filter((name) => name !== room)) {
        plant(from, `${folder}/${other}/target.ts`, 'type', allowed.includes(other))
      }
    }
  }
}

function plantModules(): void {
  for (const { modules, folders: inside, typesIn, openToTests } of fences) {
    for (const module of modules.map((name) => tree.module(name))) {
      for (const folder of paths.filter((path) => path !== '.')) {
        const isOpen = isBelow(folder, inside)
        plant(`${folder}/types.ts`, module, 'type', isOpen || isBelow(folder, typesIn))
        plant(`${folder}/values.ts`, module, 'value', isOpen)
        plant(`${folder}/modules.test.ts`, module, 'value', isOpen || openToTests)
      }
    }
  }
}

/** Test code on both ends: what it imports, and who imports it. */
function plantTests(): void {
  for (const top of tops) {
    const home = paths.find((path) => isBelow(path, [top])) ?? top
    const files = [top === 'e2e' ? 'e2e/a.ts' : `${home}/a.test.ts`, `${home}/testing/a.ts`]
    for (const file of files) {
      tree.plant(file, `${home}/testing/b.ts`, 'value')
      for (const path of paths) {
        plant(file, targetOf(path), 'value', isBelow(path, [top, ...(tests.imports[top] ?? [])]))
      }
    }
    tree.target(`${home}/testing/b.ts`)
    for (const folder of paths) for (const file of files) plant(inFolder(folder, 'tests.ts'), file, 'value', false)
  }
}

function plantOddities(): void {
  // A circle is named once, by the first of its files.
  plant('node/base/about.ts', 'node/base/round.ts', 'value', false)
  tree.plant('node/base/round.ts', 'node/base/about.ts', 'value')
  mustRefuse.add('node/base/lost.ts → ./nowhere.ts')
  tree.plant('node/base/lost.ts', 'node/base/nowhere.ts', 'value')
  plant('node/unheard-of/a.ts', targetOf('node/contract'), 'type', false)
  tree.target('electron/unheard-of/target.ts')
  plant('electron/oddities.ts', 'electron/unheard-of/target.ts', 'type', false)
}

beforeAll(async () => {
  tree = await PlantedTree.make()
  plantFolders()
  plantRooms()
  plantModules()
  plantTests()
  plantOddities()
  refusals = await tree.refusals()
})

afterAll(() => tree.remove())

describe('imports', () => {
  const refused = (): string[] => refusals.map(({ from, to }) => `${from} → ${to}`)

  it('that are not listed are refused, each one', () => {
    const seen = new Set(refused())
    expect([...mustRefuse].filter((each) => !seen.has(each))).toEqual([])
  })

  it('that are listed are accepted, each one', () => {
    expect(refused().filter((each) => mustAccept.has(each))).toEqual([])
  })

  it.each([
    ['renderer/app', 'node/base'],
    ['renderer/state', 'node/peer'],
    ['renderer/components', 'renderer/chat'],
    ['renderer/bridge', 'electron/bridge'],
    ['electron', 'renderer'],
    ['electron/bridge', 'renderer/bridge'],
    ['node/peer', 'electron'],
    ['node/contract', 'node/base'],
    ['node/base', 'node/crypto'],
    ['node/protocol', 'node/pools'],
    ['node/engines', 'node/protocol'],
    ['node/pools', 'node/keys'],
    ['node/limits', 'node/keys'],
    ['node/client', 'node/gateway'],
    ['node/gateway', 'node/client'],
    ['node/gateway', 'node/processor'],
    ['node/processor', 'node/gateway'],
    ['node/http', 'node/session'],
    ['node/session', 'node/peer'],
    ['node/peer', 'node/cli'],
    ['node/peer', 'node/control'],
  ])('from %s to %s are refused, whatever the list says', (from, to) => {
    const broken = refusals.filter((each) => each.from === inFolder(from, 'folders.ts') && each.to === targetOf(to))
    expect(broken.map(({ rule }) => rule)).toEqual([from])
  })
})

describe('the list', () => {
  const placeOf = (path: string): number => layers.findIndex((layer) => path in layer.folders)

  it('lets a folder import from lower layers alone, and from beside with a reason', () => {
    const wrong = folders.flatMap(([path, { imports, besides = {} }]) => [
      ...imports.filter((other) => placeOf(other) === -1 || placeOf(other) >= placeOf(path)),
      ...Object.entries(besides).flatMap(([other, reason]) =>
        placeOf(other) === placeOf(path) && reason !== '' ? [] : [other],
      ),
    ])
    expect(wrong).toEqual([])
  })

  it('lets no two folders of a layer import each other', () => {
    const both = folders.flatMap(([path, { besides = {} }]) =>
      Object.keys(besides).filter((other) => path in (folders.find(([name]) => name === other)?.[1].besides ?? {})),
    )
    expect(both).toEqual([])
  })

  it('names every folder that holds code, and every room of a folder whose rooms are listed', () => {
    const inside = (folder: string): string[] =>
      readdirSync(join(projectFolder, folder), { withFileTypes: true })
        .filter((entry) => entry.isDirectory() && entry.name !== 'testing')
        .map(({ name }) => `${folder}/${name}`)
    const missing = [
      ...['node', 'electron', 'renderer'].flatMap(inside).filter((folder) => !paths.includes(folder)),
      ...Object.entries(rooms).flatMap(([folder, named]) =>
        inside(folder).filter((room) => !(room.slice(folder.length + 1) in named)),
      ),
    ]
    expect(missing).toEqual([])
  })

  it('is what docs/architecture.md shows', async () => {
    const page = readFileSync(pageFile, 'utf8')
    expect(page === (await withLayers(page)), 'run node resources/scripts/laws/diagram.mjs --write').toBe(true)
  })
})
