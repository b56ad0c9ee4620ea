import { z } from 'zod'
import { promptTemplateSchema, type PromptTemplate } from '../llama/prompt-template.ts'

/** What is kept beside each model file, in `<file>.json`. */
export const modelRecordSchema = z.object({
  format: z.literal(1),
  name: z.string().min(1).max(200),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  sizeBytes: z.number().int().positive(),
  contextTokens: z.number().int().positive().nullable(),
  memoryBytes: z.number().int().positive(),
  hasChatTemplate: z.boolean(),
  template: promptTemplateSchema.nullable(),
  catalogueId: z.string().max(80).nullable(),
})

export type ModelRecord = z.infer<typeof modelRecordSchema>

/** A model file of the embedded engine. */
export interface StoredModel extends ModelRecord {
  readonly file: string
  readonly path: string
  readonly template: PromptTemplate | null
}
