import { describe, expect, it } from 'vitest'
import { healthy, type Facility } from './facility.ts'
import { createLog } from './log.ts'
import { Worker, type Phase } from './worker.ts'

class TestWorker extends Worker {
  readonly kind = 'test'
  constructor(
    private readonly parts: readonly Facility[],
    private readonly hooks: { onStarted?: () => void; onStopping?: () => Promise<void> | void } = {},
  ) {
    super(createLog({ level: 'silent' }))
  }
  protected override facilities(): readonly Facility[] {
    return this.parts
  }
  protected override onStarted(): void {
    this.hooks.onStarted?.()
  }
  protected override onStopping(): Promise<void> | void {
    return this.hooks.onStopping?.()
  }
}

const never = new Promise<void>(() => undefined)

/** A facility that writes down what is done to it. */
function part(journal: string[], name: string, needs: string[] = [], changes: Partial<Facility> = {}): Facility {
  const note = (what: string) => (): Promise<void> => {
    journal.push(`${what} ${name}`)
    return Promise.resolve()
  }
  return {
    name,
    needs,
    start: note('start'),
    stop: note('stop'),
    suspend: note('suspend'),
    resume: note('resume'),
    drain: note('drain'),
    health: () => healthy,
    ...changes,
  }
}

describe('Worker', () => {
  it('starts parts after what they need and stops them in reverse', async () => {
    const journal: string[] = []
    const worker = new TestWorker([part(journal, 'c', ['b', 'a']), part(journal, 'b', ['a']), part(journal, 'a')])
    const phases: Phase[] = []
    worker.onPhase((phase) => phases.push(phase))
    await Promise.all([worker.start(), worker.start()])
    expect(await worker.stop()).toEqual({ unclosed: [] })
    await worker.stop()
    expect(journal).toEqual(['start a', 'start b', 'start c', 'stop c', 'stop b', 'stop a'])
    expect(phases).toEqual(['starting', 'running', 'stopped'])
  })

  it('closes what it opened when a part fails to start', async () => {
    const journal: string[] = []
    const start = (): Promise<void> => Promise.reject(new Error('port taken'))
    const worker = new TestWorker([
      part(journal, 'a'),
      part(journal, 'b'),
      part(journal, 'broken', ['a', 'b'], { start }),
    ])
    await expect(worker.start()).rejects.toThrow('port taken')
    expect(journal).toEqual(['start a', 'start b', 'stop b', 'stop a'])
    expect(worker.phase).toBe('failed')
    expect(worker.health()['test']?.state).toBe('failed')
    expect(await worker.stop()).toEqual({ unclosed: [] })
  })

  it('closes what it opened when its own start fails after the parts', async () => {
    const journal: string[] = []
    const onStarted = (): void => {
      throw new Error('no')
    }
    await expect(new TestWorker([part(journal, 'a')], { onStarted }).start()).rejects.toThrow('no')
    expect(journal).toEqual(['start a', 'stop a'])
  })

  it('ends a start in progress when it is stopped', async () => {
    const journal: string[] = []
    const start = (signal: AbortSignal): Promise<void> =>
      new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(new Error('stopping'))))
    const worker = new TestWorker([part(journal, 'a'), part(journal, 'slow', ['a'], { start })])
    const starting = worker.start()
    const failed = expect(starting).rejects.toThrow('stopping')
    expect(await worker.stop()).toEqual({ unclosed: [] })
    await failed
    expect(journal).toEqual(['start a', 'stop a'])
    expect(worker.phase).toBe('stopped')
  })

  it('never throws while stopping and names what did not close', async () => {
    const journal: string[] = []
    const worker = new TestWorker([
      part(journal, 'fine'),
      part(journal, 'throws', [], { stop: () => Promise.reject(new Error('no')) }),
      part(journal, 'throws-at-once', [], {
        stop: () => {
          throw new Error('no')
        },
      }),
      part(journal, 'hangs', [], { stop: () => never }),
    ])
    await worker.start()
    const report = await worker.stop({ deadlineMs: 20 })
    expect([...report.unclosed].sort()).toEqual(['hangs', 'throws', 'throws-at-once'])
    expect(journal).toContain('stop fine')
  })

  it.each([
    ['rejects', () => Promise.reject(new Error('no'))],
    ['hangs', () => never],
    [
      'throws',
      () => {
        throw new Error('no')
      },
    ],
  ])('stops its parts although its stopping hook %s', async (_case, onStopping: () => Promise<void>) => {
    const journal: string[] = []
    const worker = new TestWorker([part(journal, 'a')], { onStopping })
    await worker.start()
    await worker.stop({ deadlineMs: 20 })
    expect(journal).toEqual(['start a', 'stop a'])
    expect(worker.phase).toBe('stopped')
  })

  it('can be stopped before it was started, and then does not start', async () => {
    const journal: string[] = []
    const worker = new TestWorker([part(journal, 'a')])
    expect(await worker.stop()).toEqual({ unclosed: [] })
    await expect(worker.start()).rejects.toThrow()
    expect(journal).toEqual([])
  })

  it('suspends in reverse, resumes in order, and only from the right phase', async () => {
    const journal: string[] = []
    const worker = new TestWorker([part(journal, 'a'), part(journal, 'b', ['a'])])
    await worker.suspend()
    await worker.start()
    await worker.resume()
    journal.length = 0
    await worker.suspend()
    expect(worker.phase).toBe('suspended')
    await worker.suspend()
    await worker.resume()
    expect(worker.phase).toBe('running')
    expect(journal).toEqual(['suspend b', 'suspend a', 'resume a', 'resume b'])
    await worker.stop()
  })

  it('drains every part until the signal fires, even one that throws or waits for ever', async () => {
    const journal: string[] = []
    const worker = new TestWorker([
      part(journal, 'a'),
      part(journal, 'throws', [], { drain: () => Promise.reject(new Error('no')) }),
      part(journal, 'hangs', [], { drain: () => never }),
    ])
    await worker.start()
    await worker.drain(AbortSignal.timeout(20))
    expect(worker.phase).toBe('draining')
    expect(journal).toContain('drain a')
    await worker.stop()
  })

  it('reports the health of each part', async () => {
    const health = () => ({ state: 'degraded', reason: 'The disk is slow.' }) as const
    const worker = new TestWorker([part([], 'store', [], { health })])
    await worker.start()
    expect(worker.health()).toEqual({ test: healthy, store: { state: 'degraded', reason: 'The disk is slow.' } })
    await worker.stop()
  })
})
