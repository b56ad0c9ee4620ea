import { notServed, type WireHandlers } from '../handlers.ts'
import { methodNames } from '../methods.ts'

/** A table to start from for a test that serves a method or two. What the product serves is spelled out instead. */
export const nothingServed = Object.fromEntries(methodNames.map((name) => [name, notServed])) as unknown as WireHandlers
