import { expect, it } from 'vitest'
import { runtimeSliceSchema } from '../../contract/state.ts'
import { profileName } from './peer-state.ts'

it('names a profile by its folder, however long that is called, so that a command can read the state', () => {
  expect(profileName('/home/ada/kith')).toBe('kith')
  const { profileName: field } = runtimeSliceSchema.shape
  expect(field.safeParse(profileName(`/srv/${'p'.repeat(200)}`)).success).toBe(true)
})
