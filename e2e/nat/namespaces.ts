import { command } from './command.ts'

/** Every namespace of a run begins with this and the run's process id. */
const prefix = 'kith-nat'

/** Addresses that the DHT treats as public, unlike documentation ranges. They never leave the namespaces. */
const publicHost = (last: number): string => `45.10.0.${last}`
export const dhtHosts = Array.from({ length: 9 }, (_, index) => publicHost(index + 1))

export interface NatNetworks {
  /** Where the DHT nodes run. */
  readonly publicSide: string
  /** An open machine, and one behind each of two routers. */
  readonly open: string
  readonly behindFirst: string
  readonly behindSecond: string
}

export const openHost = publicHost(20)
/** Where the first router stands on the public side, and what is behind it. */
export const firstHome = { outside: publicHost(31), inside: '10.0.1.2' }

/**
 * Makes namespaces with a public network between them: nothing of this computer's own network is touched.
 *
 * A bridge is the internet. Two routers translate addresses and drop whatever comes in unasked; without that
 * rule the kernel answers for closed ports and hole punching fails as it does on no real router.
 */
export async function makeNetworks(): Promise<NatNetworks> {
  const name = (part: string): string => `${prefix}-${process.pid}-${part}`
  const publicSide = name('net')
  await addNamespace(publicSide)
  await ip(publicSide, 'link', 'add', 'bridge', 'type', 'bridge')
  for (const host of dhtHosts) await ip(publicSide, 'address', 'add', `${host}/24`, 'dev', 'bridge')
  await ip(publicSide, 'link', 'set', 'bridge', 'up')

  const open = name('a')
  await addNamespace(open)
  await connectToPublic(publicSide, open, 'open', openHost)
  return {
    publicSide,
    open,
    behindFirst: await addHome(publicSide, { router: name('r1'), machine: name('b'), number: 1 }),
    behindSecond: await addHome(publicSide, { router: name('r2'), machine: name('c'), number: 2 }),
  }
}

/** Removes the namespaces of this run, and of runs that were killed first; their network interfaces go with them. */
export async function removeNetworks(): Promise<void> {
  const listed = await command('ip', 'netns', 'list')
  for (const line of listed.split('\n')) {
    const [name = ''] = line.split(' ')
    const pid = new RegExp(`^${prefix}-(\\d+)-`).exec(name)?.[1]
    if (pid === undefined || (Number(pid) !== process.pid && isAlive(Number(pid)))) continue
    await command('ip', 'netns', 'delete', name)
  }
}

async function addHome(
  publicSide: string,
  { router, machine, number }: { router: string; machine: string; number: number },
): Promise<string> {
  await addNamespace(router)
  await addNamespace(machine)
  await connectToPublic(publicSide, router, `home${number}`, publicHost(30 + number))
  const inside = `10.0.${number}`
  await ip(router, 'link', 'add', 'lan', 'type', 'veth', 'peer', 'name', 'eth0', 'netns', machine)
  await ip(router, 'address', 'add', `${inside}.1/24`, 'dev', 'lan')
  await ip(router, 'link', 'set', 'lan', 'up')
  await ip(machine, 'address', 'add', `${inside}.2/24`, 'dev', 'eth0')
  await ip(machine, 'link', 'set', 'eth0', 'up')
  await ip(machine, 'route', 'add', 'default', 'via', `${inside}.1`)
  await inNamespace(router, 'sh', '-c', 'echo 1 > /proc/sys/net/ipv4/ip_forward')
  const rules = [
    'table ip home {',
    '  chain out { type nat hook postrouting priority 100; oifname "eth0" masquerade; }',
    '  chain in { type filter hook input priority 0; iifname "eth0" ct state new drop; }',
    '  chain through { type filter hook forward priority 0; iifname "eth0" ct state new drop; }',
    '}',
  ]
  await inNamespace(router, 'nft', rules.join('\n'))
  return machine
}

async function addNamespace(name: string): Promise<void> {
  await command('ip', 'netns', 'add', name)
  await ip(name, 'link', 'set', 'lo', 'up')
}

/** A virtual cable from the bridge to `eth0` of a namespace. */
async function connectToPublic(publicSide: string, namespace: string, port: string, host: string): Promise<void> {
  await ip(publicSide, 'link', 'add', port, 'type', 'veth', 'peer', 'name', 'eth0', 'netns', namespace)
  await ip(publicSide, 'link', 'set', port, 'master', 'bridge', 'up')
  await ip(namespace, 'address', 'add', `${host}/24`, 'dev', 'eth0')
  await ip(namespace, 'link', 'set', 'eth0', 'up')
}

async function ip(namespace: string, ...args: string[]): Promise<void> {
  await command('ip', '-n', namespace, ...args)
}

async function inNamespace(namespace: string, ...args: string[]): Promise<void> {
  await command('ip', 'netns', 'exec', namespace, ...args)
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    // No such process: the run is over.
    return false
  }
}
