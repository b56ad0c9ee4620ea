import { mkdirSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join, posix } from 'node:path'
import { cruise, type ICruiseResult } from 'dependency-cruiser'
import { options, rules } from '../rules.mjs'

/** An import that broke a rule; the paths are those inside the tree. */
export interface Refusal {
  readonly rule: string
  readonly from: string
  readonly to: string
}

/** A throw-away tree of tiny files that import each other, for the real rules to look through. */
export class PlantedTree {
  readonly #imports = new Map<string, string[]>()

  private constructor(private readonly directory: string) {}

  static async make(): Promise<PlantedTree> {
    return new PlantedTree(realpathSync(await mkdtemp(join(tmpdir(), 'kith-laws-'))))
  }

  remove(): void {
    rmSync(this.directory, { recursive: true, force: true })
  }

  /** A file that others may import. */
  target(path: string): void {
    this.#write(path, 'export interface Planted {}\nexport const planted = 1\n')
  }

  /** An npm module; returns the path of its file. */
  module(name: string): string {
    this.#write(`node_modules/${name}/package.json`, JSON.stringify({ name, type: 'module', exports: './index.js' }))
    this.#write(`node_modules/${name}/index.js`, 'export const planted = 1\n')
    return `node_modules/${name}/index.js`
  }

  /** Adds an import to a file, by the name of a module or the path of another file. */
  plant(from: string, to: string, kind: 'type' | 'value'): void {
    const module = /^node_modules\/(.*)\/index\.js$/.exec(to)?.[1]
    const relative = posix.relative(posix.dirname(from), to)
    const specifier = module ?? (relative.startsWith('.') ? relative : `./${relative}`)
    const lines = this.#imports.get(from) ?? []
    lines.push(
      kind === 'type' ? `import type { Planted as P${lines.length} } from '${specifier}'` : `import '${specifier}'`,
    )
    this.#imports.set(from, lines)
  }

  async refusals(): Promise<Refusal[]> {
    for (const [path, lines] of this.#imports) this.#write(path, `${lines.join('\n')}\nexport const planted = 1\n`)
    const { enhancedResolveOptions, ...cruiseOptions } = options
    const { output } = await cruise(
      ['.'],
      { ...cruiseOptions, ruleSet: { forbidden: rules }, validate: true, baseDir: this.directory },
      enhancedResolveOptions,
    )
    const { summary } = output as ICruiseResult
    return summary.violations.map(({ rule, from, to }) => ({ rule: rule.name, from, to }))
  }

  #write(path: string, text: string): void {
    const file = join(this.directory, path)
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, text)
  }
}
