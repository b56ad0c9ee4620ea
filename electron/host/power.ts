import { powerMonitor } from 'electron'
import type { Log } from '../../node/base/log.ts'
import { Serial } from '../../node/base/serial.ts'
import type { PeerHost } from './peer-host.ts'

/** Takes the peer off the network before sleep and back on it after, one at a time and in order. */
export function followPower(host: PeerHost, log: Log): void {
  const serial = new Serial()
  const run = (step: 'suspend' | 'resume'): void => {
    serial
      .run(async () => host.peer?.[step]())
      .catch((cause: unknown) => log.error({ cause, step }, 'the peer did not follow the power event'))
  }
  powerMonitor.on('suspend', () => run('suspend'))
  powerMonitor.on('resume', () => run('resume'))
}
