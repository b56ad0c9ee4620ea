import type { Socket } from 'node:net'

/**
 * The next bytes of a paused socket; `ended` where it ends first, `late` where the deadline passes.
 *
 * What comes behind them stays in the socket, which reads ahead no more than its own buffer.
 */
export function readExactly(socket: Socket, count: number, deadlineMs: number): Promise<Uint8Array | 'ended' | 'late'> {
  return new Promise((resolve) => {
    const finish = (outcome: Uint8Array | 'ended' | 'late'): void => {
      clearTimeout(timer)
      socket.off('readable', look).off('end', ended).off('close', ended)
      resolve(outcome)
    }
    const look = (): void => {
      const bytes = socket.read(count) as Buffer | null
      if (bytes === null) return
      // At its end a stream gives what is left, however little.
      finish(bytes.byteLength === count ? new Uint8Array(bytes) : 'ended')
    }
    const ended = (): void => finish('ended')
    const timer = setTimeout(() => finish('late'), Math.max(0, deadlineMs))
    socket.on('readable', look).once('end', ended).once('close', ended)
    if (socket.destroyed) ended()
    else look()
  })
}
