import { z } from 'zod'

/** Names and pages that may reach the local API beside its own. Each is meant exactly: there are no wildcards. */

const maxLength = 200
const hostPattern = /^(?:\[[0-9a-f:.]{2,45}\]|[a-z0-9](?:[a-z0-9._-]*[a-z0-9])?)(?::[1-9][0-9]{0,4})?$/
const originPattern = /^[a-z][a-z0-9+.-]*:\/\/(?:\[[0-9a-f:.]{2,45}\]|[a-z0-9._-]+)(?::[1-9][0-9]{0,4})?$/

export const maxApiGuests = 16

/** What a program may write in `Host`; without a port it stands for the port of the API, and for none. */
export const apiHostSchema = z
  .string()
  .max(maxLength)
  .regex(hostPattern, 'expected names such as host.docker.internal, in small letters, with or without a port')

/** What a browser writes in `Origin` for a page, an extension or a webview. `null` stands for any page, so it is none. */
export const apiOriginSchema = z
  .string()
  .max(maxLength)
  .regex(originPattern, 'expected origins such as chrome-extension://abcdef or app://obsidian.md, in small letters')

export const apiHostsSchema = z.array(apiHostSchema).max(maxApiGuests)
export const apiOriginsSchema = z.array(apiOriginSchema).max(maxApiGuests)

export interface ApiGuests {
  readonly hosts: readonly string[]
  readonly origins: readonly string[]
}
