import DHT, { type Address } from 'hyperdht'

const connectDeadlineMs = 3_000

export interface Strangers {
  readonly network: { readonly bootstrap: readonly Address[]; readonly host: string }
  /** The device they dial. */
  readonly key: Uint8Array
  readonly count: number
  /** How many dial at a time. */
  readonly parallel: number
  /** How long each stays where it is let stay; null until the last has come. */
  readonly stayMs: number | null
}

/** What has become of them: who was connected, and whom of those the other side sent away. */
export interface StrangersReport {
  readonly opened: number
  readonly sentAway: number
}

/** Dials a device again and again, each time as somebody new. */
export async function comeAsStrangers({ network, key, count, parallel, stayMs }: Strangers): Promise<StrangersReport> {
  const dht = new DHT({ bootstrap: network.bootstrap, host: network.host })
  const leaving: (() => void)[] = []
  let left = count
  let opened = 0
  let sentAway = 0
  const comeAgain = async (): Promise<void> => {
    while (left-- > 0) {
      const stream = dht.connect(key, { keyPair: DHT.keyPair() })
      stream.on('error', () => undefined)
      let isLeaving = false
      const leave = (): void => {
        isLeaving = true
        stream.destroy()
      }
      const closed = new Promise<false>((resolve) => stream.once('close', () => resolve(false)))
      if (!(await Promise.race([stream.opened, closed, after(connectDeadlineMs, false)]))) {
        leave()
        continue
      }
      opened += 1
      void closed.then(() => {
        if (!isLeaving) sentAway += 1
      })
      if (stayMs === null) leaving.push(leave)
      else {
        await Promise.race([closed, after(stayMs, false)])
        leave()
      }
    }
  }
  await Promise.all(Array.from({ length: parallel }, comeAgain))
  for (const leave of leaving) leave()
  await dht.destroy({ force: true })
  return { opened, sentAway }
}

function after<T>(ms: number, value: T): Promise<T> {
  return new Promise((resolve) => {
    setTimeout(() => resolve(value), ms).unref()
  })
}
