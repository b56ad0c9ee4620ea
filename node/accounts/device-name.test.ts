import { expect, it } from 'vitest'
import { chooseComputerName, readComputerName } from './computer-name.ts'
import { cleanDeviceName, distinctDeviceName } from './device-name.ts'
import { deviceNameField } from './records/fields.ts'

const kind = 'Linux computer'

it.each([
  ['vm'],
  ['localhost'],
  ['ubuntu'],
  ['DESKTOP-4F2K9QA'],
  ['ip-10-0-3-7'],
  ['3f1c9e0a77b2'],
  ['Standard PC (Q35 + ICH9, 2009)'],
  ['VMware7,1'],
  ['VirtualBox'],
  ['To Be Filled By O.E.M.'],
  [''],
  [' \u0000 '],
])('%j names no computer', (name) => {
  expect(chooseComputerName({ names: [name], kind })).toBe(kind)
})

it('takes the best name that says something', () => {
  expect(chooseComputerName({ names: ['', 'vm', 'ThinkPad X1 Carbon Gen 9', '20XW00'], kind })).toBe(
    'ThinkPad X1 Carbon Gen 9',
  )
  expect(chooseComputerName({ names: ['Mia’s MacBook Pro', 'mias-mbp'], kind: 'Mac' })).toBe('Mia’s MacBook Pro')
})

it('finds a name for the computer that runs this, and never the one of an installer', async () => {
  const name = await readComputerName()
  expect(deviceNameField.safeParse(name).success).toBe(true)
  expect(['vm', 'localhost', 'ubuntu', 'debian']).not.toContain(name)
})

it('keeps names on one line, visible, and as long as records allow', () => {
  expect(cleanDeviceName(' Gaming\u202e\n PC\u0007 ')).toBe('Gaming PC')
  expect(cleanDeviceName('👩‍💻 desk')).toBe('👩‍💻 desk')
  const long = cleanDeviceName('💻'.repeat(60))
  expect(long).toBe('💻'.repeat(40))
  expect(deviceNameField.safeParse(cleanDeviceName(`${'x'.repeat(79)}💻`)).success).toBe(true)
})

it('numbers a name that another device has', () => {
  expect(distinctDeviceName('Desk', ['Laptop'])).toBe('Desk')
  expect(distinctDeviceName('Desk', ['desk'])).toBe('Desk 2')
  expect(distinctDeviceName('Desk', ['Desk', 'Desk 2'])).toBe('Desk 3')
  expect(distinctDeviceName('x'.repeat(80), ['x'.repeat(80)])).toBe(`${'x'.repeat(78)} 2`)
})
