import { expect, it } from 'vitest'
import { findNamed, isNamed } from './model-name.ts'

it.each([
  ['gemma3:latest', 'gemma3', true],
  ['gemma3', 'gemma3:latest', true],
  ['Gemma3:270M', 'gemma3:270m', true],
  ['hf.co/Org/Model:Q4_K_M', 'HF.co/org/model:q4_k_m', true],
  ['box:5000/org/model:latest', 'box:5000/org/model', true],
  ['gemma3:270m', 'gemma3', false],
  ['gemma3:latest', 'gemma', false],
])('with Ollama "%s" is meant by "%s": %s', (name, wanted, expected) => {
  expect(isNamed({ name, engine: 'ollama' }, wanted)).toBe(expected)
})

it.each(['server', 'embedded', null] as const)('elsewhere (%s) a model has one name', (engine) => {
  expect(isNamed({ name: 'Model', engine }, 'Model')).toBe(true)
  expect(isNamed({ name: 'Model', engine }, 'model')).toBe(false)
  expect(isNamed({ name: 'model:latest', engine }, 'model')).toBe(false)
})

it('takes the model that is called exactly so before one that is meant as well', () => {
  const models = [
    { name: 'Gemma3:latest', engine: 'ollama' },
    { name: 'gemma3:latest', engine: 'ollama' },
  ] as const
  expect(findNamed(models, 'gemma3:latest')).toBe(models[1])
  expect(findNamed(models, 'gemma3')).toBe(models[0])
  expect(findNamed(models, 'qwen3')).toBeNull()
})
