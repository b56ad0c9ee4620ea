/** Input and output of a command. The real one is process-terminal.ts; tests use one that records. */
export interface Terminal {
  /** Standard output, as it is: an answer in pieces, or whole lines. */
  write(text: string): void
  /** One line on standard error: what a person should know and a program need not. */
  note(line: string): void
  /** All of standard input, or null where it is longer than this. */
  readInput(maxBytes: number): Promise<string | null>
  /** Asks without showing what is typed; null without a person at the keyboard, or when they give up. */
  askHidden(question: string): Promise<string | null>
  /** Asks for a line that is shown; null as above. */
  ask(question: string): Promise<string | null>
}
