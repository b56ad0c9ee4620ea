import { expect, it } from 'vitest'
import { z } from 'zod'
import { bytesOfText } from '../../crypto/encoding.ts'
import { wireLimits } from '../wire-limits.ts'
import { parseJson } from './bytes.ts'

const deep = bytesOfText('['.repeat(101) + ']'.repeat(101))
const wide = bytesOfText(`[${'[],'.repeat(60_000)}0]`)

it.each([
  ['deep', deep],
  ['made of brackets alone', wide],
])('JSON of a peer that is %s is not parsed, where any value would do', (_what, bytes) => {
  expect(parseJson(bytes, z.unknown(), wireLimits.requestBytes)).toMatchObject({ ok: false })
})
