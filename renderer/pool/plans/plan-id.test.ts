import { expect, it } from 'vitest'
import { defaultPlanId, type Plan } from '../../../node/contract/pools.ts'
import { freePlanId } from './plan-id.ts'

const plan: Plan = { planId: defaultPlanId, name: 'Default', limits: {}, limitMode: 'enforced', timeZone: 'UTC' }

it('makes a readable id of any name, and never one that is taken', () => {
  expect(freePlanId('Evening Hours', [plan])).toBe('evening-hours')
  expect(freePlanId('Default', [plan])).toBe('default-2')
  expect(freePlanId('Für Gäste!', [])).toBe('fu-r-ga-ste')
  expect(freePlanId('日本', [])).toBe('plan')
  expect(freePlanId(`${'x'.repeat(27)} and more`, [])).toBe('x'.repeat(27))
})
