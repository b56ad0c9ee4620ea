import { z } from 'zod'
import { kithErrorSchema } from '../../node/contract/errors.ts'

/** What the second window tells the first, as one line on standard output. */
const reportSchema = z.discriminatedUnion('demo', [
  z.object({ demo: z.literal('ready') }),
  z.object({ demo: z.literal('failed'), error: kithErrorSchema }),
])
export type DemoReport = z.infer<typeof reportSchema>

/** A longer line is not a report. */
const maxLineLength = 10_000

export function writeReport(report: DemoReport): string {
  return `${JSON.stringify(report)}\n`
}

/** Finds the report among whatever else a process prints. */
export class ReportReader {
  #rest = ''

  constructor(private readonly found: (report: DemoReport) => void) {}

  read(chunk: string): void {
    const lines = (this.#rest + chunk).split('\n')
    this.#rest = (lines.pop() ?? '').slice(-maxLineLength)
    for (const line of lines) {
      const report = parseReport(line)
      if (report) this.found(report)
    }
  }
}

function parseReport(line: string): DemoReport | null {
  if (!line.startsWith('{"demo":') || line.length > maxLineLength) return null
  try {
    return reportSchema.safeParse(JSON.parse(line)).data ?? null
  } catch {
    // A line that only looks like a report.
    return null
  }
}
