import type Corestore from 'corestore'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openStore } from '../open-store.ts'

/** Real Corestores in a folder of their own. */
export class TestStores {
  readonly #open: Corestore[] = []

  private constructor(readonly directory: string) {}

  static async create(): Promise<TestStores> {
    return new TestStores(await mkdtemp(join(tmpdir(), 'kith-stores-')))
  }

  async open(name: string): Promise<Corestore> {
    const store = await openStore(join(this.directory, name))
    if (!store.ok) throw new Error(store.error.message)
    this.#open.push(store.value)
    return store.value
  }

  async close(): Promise<void> {
    for (const store of this.#open.splice(0)) await store.close()
    await rm(this.directory, { recursive: true, force: true })
  }
}
