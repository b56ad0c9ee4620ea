/** Waits for a promise, at most `deadlineMs`. Rejections pass through; a late one is not lost silently. */
export async function withDeadline<T>(
  promise: Promise<T>,
  deadlineMs: number,
): Promise<{ inTime: true; value: T } | { inTime: false }> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<{ inTime: false }>((resolve) => {
    timer = setTimeout(() => resolve({ inTime: false }), deadlineMs)
  })
  try {
    return await Promise.race([promise.then((value) => ({ inTime: true, value }) as const), late])
  } finally {
    clearTimeout(timer)
  }
}

/** Resolves when the signal fires; at once if it has fired. */
export function whenAborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve()
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }))
}

/** Waits `delayMs`, or less when the signal fires. Answers whether the whole time passed. */
export function delay(delayMs: number, signal?: AbortSignal): Promise<boolean> {
  if (signal?.aborted) return Promise.resolve(false)
  return new Promise((resolve) => {
    const end = (whole: boolean): void => {
      clearTimeout(timer)
      signal?.removeEventListener('abort', cut)
      resolve(whole)
    }
    const cut = (): void => end(false)
    const timer = setTimeout(() => end(true), delayMs)
    signal?.addEventListener('abort', cut, { once: true })
  })
}
