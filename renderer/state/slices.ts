import { useStore } from 'zustand'
import { createStore, type StoreApi } from 'zustand/vanilla'
import { appStateSchema, type AppState, type SliceName } from '../../node/contract/state.ts'
import type { StateSink } from '../bridge/state-sync.ts'

/** One store a slice, so that a change of one redraws nothing else. Null until the first snapshot. */
type SliceStore<K extends SliceName> = StoreApi<{ readonly value: AppState[K] | null }>
type SliceStores = { readonly [K in SliceName]: SliceStore<K> }

const sliceNames = Object.keys(appStateSchema.shape) as SliceName[]
const stores = Object.fromEntries(
  sliceNames.map((name) => [name, createStore(() => ({ value: null }))]),
) as unknown as SliceStores

function replaceSlice<K extends SliceName>(slice: K, value: AppState[K]): void {
  const store: SliceStore<K> = stores[slice]
  store.setState({ value })
}

/** Where the synchroniser puts what the peer sends. */
export const sliceSink: StateSink = {
  replaceSlice,
  replaceAll(state) {
    for (const name of sliceNames) replaceSlice(name, state[name])
  },
}

function present<K extends SliceName>(slice: K, value: AppState[K] | null): AppState[K] {
  if (value === null) throw new Error(`The slice ${slice} was read before the first snapshot.`)
  return value
}

/** A slice of the peer's state. Only for parts of the window drawn after the first snapshot. */
export function useSlice<K extends SliceName>(slice: K): AppState[K] {
  const store: SliceStore<K> = stores[slice]
  return present(
    slice,
    useStore(store, (held) => held.value),
  )
}

/** The same for code outside of components. */
export function readSlice<K extends SliceName>(slice: K): AppState[K] {
  const store: SliceStore<K> = stores[slice]
  return present(slice, store.getState().value)
}

/** The setting of the theme, which is needed before the first snapshot too. */
export function useThemeSetting(): AppState['settings']['theme'] {
  return useStore(stores.settings, (held) => held.value?.theme ?? 'system')
}

/** Watches one slice outside of components. Returns the unsubscribe function. */
export function watchSlice<K extends SliceName>(slice: K, listener: (value: AppState[K]) => void): () => void {
  const store: SliceStore<K> = stores[slice]
  return store.subscribe((held) => {
    if (held.value !== null) listener(held.value)
  })
}
