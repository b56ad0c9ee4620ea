import { Processor, type ProcessorOptions } from '../../processor/processor.ts'
import { permissiveAccess, withoutGateways, withoutPlans, withoutReceipts } from '../../processor/testing/permissive.ts'
import type { AccountId, PoolId } from '../../contract/ids.ts'
import { createLog } from '../../base/log.ts'
import DHT from 'hyperdht'
import { PromptEstimates } from '../generations/prompt-estimates.ts'
import { ServiceServer } from '../service/service-server.ts'
import { deviceIdOf } from '../service/service-connection.ts'
import { nothingServed } from './nothing-served.ts'
import { PacedHub } from './paced-hub.ts'

/** A provider in a process of its own, to be killed in the middle of a generation. It lets everybody in. */
const [port, poolId] = process.argv.slice(2)
const dht = new DHT({ bootstrap: [{ host: '127.0.0.1', port: Number(port) }], host: '127.0.0.1' })
const device = DHT.keyPair()
const service = DHT.keyPair()
const log = createLog({ level: 'error' })
const standing = { poolId: poolId as PoolId, poolName: 'Friends', role: 'member', state: 'active' } as const
const whoIs: ProcessorOptions['whoIs'] = (deviceId) => ({
  deviceId,
  accountId: 'dd'.repeat(32) as AccountId,
  isOwnAccount: false,
  standings: [standing],
})
const processor = new Processor({
  hub: new PacedHub({ tokens: 100_000, tokenMs: 10 }),
  whoIs,
  isSharing: () => true,
  machineName: () => 'Doomed',
  selfDeviceId: () => deviceIdOf(device.publicKey),
  ...permissiveAccess,
  ...withoutGateways,
  planLimits: withoutPlans,
  estimates: new PromptEstimates(),
  receipts: withoutReceipts,
  log,
})
const handlers = { ...nothingServed, processRequest: processor }
const server = new ServiceServer({ dht, serviceKeyPair: service, whoIs, handlers, log })
await processor.start()
await server.start()
await server.listening()
process.send?.({
  deviceId: deviceIdOf(device.publicKey),
  serviceKey: Buffer.from(service.publicKey).toString('hex'),
})
