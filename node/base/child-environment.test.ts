import { expect, it } from 'vitest'
import { childEnvironment } from './child-environment.ts'

it('keeps what is the person’s own, and nothing that steers a child or belongs to this process', () => {
  const own = { HOME: '/home/ada', LANG: 'de_AT.UTF-8', CIRCLE: 'kept' }
  const steering = { CI: '', NODE_OPTIONS: '--inspect', KITH_PROFILE: 'a', ELECTRON_RUN_AS_NODE: '1', GONE: undefined }
  expect(childEnvironment({ ...own, ...steering })).toEqual(own)
})
