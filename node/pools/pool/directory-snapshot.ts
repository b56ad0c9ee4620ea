/** A directory as it stands: of two, the later header, epoch and length is the newer. */
export interface DirectorySnapshot {
  readonly headerEpoch: number
  readonly epoch: number
  readonly version: number
  readonly records: readonly { readonly key: string; readonly value: unknown }[]
}
