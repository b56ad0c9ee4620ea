import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import { promisify } from 'node:util'
import { cleanDeviceName } from './device-name.ts'

/** What a system says of its own name, best first, and what to call it where none of that helps. */
export interface NameHints {
  readonly names: readonly string[]
  readonly kind: string
}

/** How long to wait for the system's own word. */
const deadlineMs = 2_000

/** Names that an installer, a hypervisor or a cloud gave: they tell no computer from another. */
const generic = new RegExp(
  '^(?:' +
    [
      'localhost|local|host(?:name)?|unknown|none|default|computer|machine|my[- ]?(?:pc|computer|mac)|pc|desktop|laptop|server|user(?:-pc)?',
      'vm|guest|virtual ?(?:box|machine).*|vmware.*|qemu.*|kvm|bochs|hvm domu|xen|standard pc.*|google compute engine|.*amazon ec2.*|openstack.*|droplet',
      'linux|ubuntu|debian|fedora|centos|rocky|alma(?:linux)?|arch(?:linux)?|manjaro|opensuse|nixos|mint|kali|pop-?os|raspberrypi|alpine',
      'system product name|system version|to be filled by o\\.?e\\.?m\\.?|default string|not (?:applicable|available|specified)|o\\.?e\\.?m\\.?|all series|n/?a|invalid|product',
      'mac|macbook|imac|(?:desktop|laptop|win)-[a-z0-9]{4,}',
      'ip-[\\d-]+|[0-9a-f]{12}|[0-9a-f-]{32,36}|[\\d.:-]*',
    ].join('|') +
    ')$',
  'i',
)

/** The first name that tells a computer from another, else its kind: "Linux computer". */
export function chooseComputerName({ names, kind }: NameHints): string {
  const clean = names.map((name) => cleanDeviceName(name)).filter((name) => name !== '' && !generic.test(name))
  return clean[0] ?? kind
}

/** What to call this computer until somebody names it. */
export async function readComputerName(): Promise<string> {
  return chooseComputerName(await readHints())
}

async function readHints(): Promise<NameHints> {
  // What lies behind the first dot is the network's name, not the computer's.
  const host = hostname().split('.')[0] ?? ''
  switch (process.platform) {
    case 'darwin':
      return { names: [await output('scutil', ['--get', 'ComputerName']), host], kind: 'Mac' }
    case 'win32':
      return { names: [process.env['COMPUTERNAME'] ?? host], kind: 'Windows computer' }
    default:
      return { names: [await prettyHostname(), host, ...(await modelNames())], kind: 'Linux computer' }
  }
}

/** The name that a person gave in the settings of a Linux desktop. */
async function prettyHostname(): Promise<string> {
  const info = await contents('/etc/machine-info')
  return /^PRETTY_HOSTNAME=(["']?)(.*)\1$/m.exec(info)?.[2] ?? ''
}

/** What its maker calls the computer. Lenovo keeps that in the version, and a number in the name. */
async function modelNames(): Promise<string[]> {
  const of = (field: string): Promise<string> => contents(`/sys/class/dmi/id/${field}`)
  const vendor = await of('sys_vendor')
  const version = /^lenovo/i.test(vendor) ? await of('product_version') : ''
  const board = (await contents('/sys/firmware/devicetree/base/model')).replaceAll('\0', '')
  return [version, await of('product_name'), board]
}

async function contents(path: string): Promise<string> {
  return readFile(path, 'utf8').then(
    (text) => text.trim(),
    // Not on this system, or not for us to read: the next hint may help.
    () => '',
  )
}

async function output(program: string, given: readonly string[]): Promise<string> {
  return promisify(execFile)(program, given, { timeout: deadlineMs }).then(
    ({ stdout }) => stdout.trim(),
    // Not there or too slow: the next hint may help.
    () => '',
  )
}
