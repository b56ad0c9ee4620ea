import type { Bridge } from '../../node/contract/api.ts'

declare global {
  interface Window {
    readonly kith?: Bridge
  }
}
