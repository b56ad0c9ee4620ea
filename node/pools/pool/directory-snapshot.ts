/** All records of a directory; snapshots are ordered by header epoch, then epoch, then version. */
export interface DirectorySnapshot {
  readonly headerEpoch: number
  readonly epoch: number
  readonly version: number
  readonly records: readonly { readonly key: string; readonly value: unknown }[]
}
