const pulseMs = 15_000

/**
 * One line per step of the set-up: what is being done, then how long it took.
 * @typedef {object} Progress
 * @property {<T>(title: string, work: () => Promise<T>) => Promise<T>} step runs one timed step
 * @property {(line: string) => void} say prints a line inside or between steps
 * @property {() => number} elapsedMs time since the progress began
 */

/** @returns {Progress} */
export function createProgress() {
  const startedAt = performance.now()
  const say = (/** @type {string} */ line) => process.stdout.write(`${line}\n`)
  return {
    say,
    elapsedMs: () => performance.now() - startedAt,
    async step(title, work) {
      const stepStartedAt = performance.now()
      say(`  ${title} …`)
      // A long silent step still shows that it goes on.
      const pulse = setInterval(() => say(`    still at it, ${seconds(performance.now() - stepStartedAt)}`), pulseMs)
      try {
        const value = await work()
        say(`  ${title}: ${seconds(performance.now() - stepStartedAt)}`)
        return value
      } finally {
        clearInterval(pulse)
      }
    },
  }
}

/** @param {number} milliseconds */
export function seconds(milliseconds) {
  return `${(milliseconds / 1000).toFixed(1)} s`
}
