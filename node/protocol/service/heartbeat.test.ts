import { afterEach, describe, expect, it, vi } from 'vitest'
import { Heartbeat } from './heartbeat.ts'

const times = { beatMs: 500, silenceMs: 2_000 }

function connection(options: { roundTripMs?: number } = {}) {
  const state = { beats: 0, packets: 0, isSilent: false }
  const heartbeat = new Heartbeat(
    {
      sendBeat: () => (state.beats += 1),
      roundTripMs: () => options.roundTripMs ?? 1,
      packetsReceived: () => state.packets,
      onSilence: () => (state.isSilent = true),
    },
    times,
  )
  return { state, heartbeat }
}

afterEach(() => vi.useRealTimers())

describe('the heartbeat of a connection', () => {
  it('beats only while there is work', () => {
    vi.useFakeTimers()
    const { state, heartbeat } = connection()
    vi.advanceTimersByTime(5_000)
    expect(state.beats).toBe(0)
    const end = heartbeat.begin()
    heartbeat.heard()
    vi.advanceTimersByTime(1_000)
    expect(state.beats).toBe(3)
    end()
    end()
    vi.advanceTimersByTime(5_000)
    expect(state).toMatchObject({ beats: 3, isSilent: false })
  })

  it('gives up after two seconds of silence, later where the path is slow', () => {
    vi.useFakeTimers()
    const near = connection()
    const far = connection({ roundTripMs: 500 })
    near.heartbeat.begin()
    far.heartbeat.begin()
    vi.advanceTimersByTime(1_900)
    expect(near.state.isSilent).toBe(false)
    vi.advanceTimersByTime(600)
    expect([near.state.isSilent, far.state.isSilent]).toEqual([true, false])
    vi.advanceTimersByTime(2_000)
    expect(far.state.isSilent).toBe(true)
  })

  it('takes any packet for life, so that a long upload is not silence', () => {
    vi.useFakeTimers()
    const { state, heartbeat } = connection()
    heartbeat.begin()
    for (let second = 0; second < 10; second++) {
      state.packets += 1
      vi.advanceTimersByTime(1_000)
    }
    expect(state.isSilent).toBe(false)
  })

  it('does not blame the other side when this process stood still', () => {
    vi.useFakeTimers()
    const { state, heartbeat } = connection()
    heartbeat.begin()
    vi.advanceTimersByTime(400)
    // The clock jumps without the timers having run, as after sleep.
    const jumped = performance.now() + 60_000
    const clock = vi.spyOn(performance, 'now').mockReturnValue(jumped)
    vi.advanceTimersByTime(100)
    expect(state.isSilent).toBe(false)
    clock.mockRestore()
  })
})
