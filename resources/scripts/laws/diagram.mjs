// The pictures and the table of docs/architecture.md, made from layers.mjs: `node resources/scripts/laws/diagram.mjs --write`.
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { format, resolveConfig } from 'prettier'
import { projectFolder } from '../setup/paths.mjs'
import { fences, layers, rooms, tests } from './layers.mjs'

/** @typedef {import('./layers.mjs').Layer} Layer */

export const pageFile = join(projectFolder, 'docs', 'architecture.md')
const begin = '<!-- layers: made by resources/scripts/laws/diagram.mjs -->'
const end = '<!-- end of layers -->'

/** What each picture shows: the layers of a top, and of the other two only what these import. */
const pictures = [
  { title: 'The peer', top: 'node' },
  { title: 'The app', top: 'electron' },
  { title: 'The page', top: 'renderer' },
]

/** @param {string} path */
function topOf(path) {
  return path.split('/')[0] ?? path
}

/** @param {Layer} layer */
function pathsOf(layer) {
  return Object.keys(layer.folders)
}

/** @param {string} path */
function layerOf(path) {
  const place = layers.findIndex((layer) => path in layer.folders)
  if (place === -1) throw new Error(`${path} is imported and has no line in layers.mjs`)
  return place
}

/** @param {number} place */
function foldersOf(place) {
  return Object.values(layers[place]?.folders ?? {})
}

/** Layers of code that ships; the tools are no part of a picture. @param {number} place */
function isDrawn(place) {
  return Object.keys(layers[place]?.folders ?? {}).every((path) => pictures.some(({ top }) => top === topOf(path)))
}

/** The layers a layer imports, without those it reaches through another one of them. @param {number} place */
function nextBelow(place) {
  const reached = (/** @type {number} */ from) =>
    new Set(foldersOf(from).flatMap(({ imports }) => imports.map(layerOf)))
  const direct = reached(place)
  const through = new Set()
  const walk = (/** @type {number} */ from) => {
    for (const below of reached(from)) {
      through.add(below)
      walk(below)
    }
  }
  for (const below of direct) walk(below)
  return [...direct].filter((below) => !through.has(below))
}

/** @param {string} path */
function nodeName(path) {
  return path.replace(/\W/g, '_')
}

/** @param {string} path @param {string} top */
function label(path, top) {
  return path === top || topOf(path) !== top ? path : path.slice(top.length + 1)
}

/** @param {{ title: string, top: string }} picture */
function draw({ title, top }) {
  const shown = layers.flatMap((layer, place) => (pathsOf(layer).every((path) => topOf(path) === top) ? [place] : []))
  const imported = new Set(shown.flatMap((place) => foldersOf(place).flatMap(({ imports }) => imports)))
  const edges = shown.flatMap((place) =>
    nextBelow(place)
      .filter(isDrawn)
      .map((below) => ({ place, below })),
  )
  const lines = [`**${title}**`, '', '```mermaid', 'flowchart BT']
  for (const [place, layer] of layers.entries()) {
    const isInside = shown.includes(place)
    const names = pathsOf(layer).filter((path) => isInside || imported.has(path))
    if (!isInside && !edges.some(({ below }) => below === place)) continue
    lines.push(`  subgraph layer${place} [${layer.title}]`)
    for (const path of names) lines.push(`    ${nodeName(path)}["${label(path, top)}"]`)
    lines.push('  end')
  }
  for (const { place, below } of edges) lines.push(`  layer${place} --> layer${below}`)
  for (const place of shown) {
    for (const [path, { besides = {} }] of Object.entries(layers[place]?.folders ?? {})) {
      for (const beside of Object.keys(besides)) lines.push(`  ${nodeName(path)} -.-> ${nodeName(beside)}`)
    }
  }
  return [...lines, '```', '']
}

/** @param {string[]} names */
function code(names) {
  return names.map((name) => `\`${name}\``).join(', ')
}

function table() {
  const lines = ['| folder | holds |', '| --- | --- |']
  for (const layer of layers) {
    for (const [path, { holds }] of Object.entries(layer.folders)) lines.push(`| \`${path}\` | ${holds} |`)
  }
  return [...lines, '']
}

function exceptions() {
  const lines = ['Beside one another, with the reason:', '']
  for (const layer of layers) {
    for (const [path, { besides = {} }] of Object.entries(layer.folders)) {
      for (const [beside, reason] of Object.entries(besides)) lines.push(`- \`${path}\` → \`${beside}\`: ${reason}`)
    }
  }
  lines.push('', 'Rooms of one folder, of which each may also import the files directly in the folder:', '')
  for (const [folder, inside] of Object.entries(rooms)) {
    const each = Object.entries(inside).map(([room, allowed]) => {
      return `\`${room}\` ${allowed.length === 0 ? 'imports no other' : `imports ${code(allowed)}`}`
    })
    lines.push(`- \`${folder}\`: ${each.join('; ')}`)
  }
  lines.push('', 'Modules that only some folders import:', '')
  for (const { modules, folders, typesIn } of fences) {
    const types = typesIn.length === 0 ? '' : `; their types also in ${code(typesIn)}`
    lines.push(`- ${code(modules)}: ${code(folders)}${types}`)
  }
  lines.push('', 'Test code may import everything in its own top, and beside it:', '')
  for (const [top, allowed] of Object.entries(tests.imports)) lines.push(`- tests of \`${top}\`: ${code(allowed)}`)
  return [...lines, '']
}

/** The page with its middle made anew. @param {string} page */
export async function withLayers(page) {
  const from = page.indexOf(begin)
  const to = page.indexOf(end)
  if (from === -1 || to < from) throw new Error(`docs/architecture.md has lost its markers ${begin} and ${end}`)
  const middle = [...pictures.flatMap(draw), ...table(), ...exceptions()].join('\n')
  const whole = `${page.slice(0, from)}${begin}\n\n${middle}\n${page.slice(to)}`
  return format(whole, { ...(await resolveConfig(pageFile)), parser: 'markdown' })
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const page = readFileSync(pageFile, 'utf8')
  const current = await withLayers(page)
  if (process.argv.includes('--write')) {
    writeFileSync(pageFile, current)
  } else if (page !== current) {
    console.error('docs/architecture.md is older than layers.mjs: run node resources/scripts/laws/diagram.mjs --write')
    process.exitCode = 1
  }
}
