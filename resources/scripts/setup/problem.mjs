/** Something a person can put right: shown as one sentence, without a stack. */
export class Problem extends Error {
  /** @override */
  name = 'Problem'
}

/**
 * Runs a command's main function; a problem ends it with its sentence, a bug with its stack.
 * @param {() => Promise<number | void>} main
 */
export function runMain(main) {
  main().then(
    (code) => {
      process.exitCode = code ?? 0
    },
    (/** @type {unknown} */ error) => {
      process.stderr.write(error instanceof Problem ? `\n${error.message}\n` : `\n${describeBug(error)}\n`)
      process.exitCode = 1
    },
  )
}

/** @param {unknown} error */
export function describe(error) {
  return error instanceof Error ? error.message : String(error)
}

/** @param {unknown} error */
function describeBug(error) {
  return error instanceof Error ? (error.stack ?? error.message) : String(error)
}
