import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { minimumSize, placeBeside, placeWindow, readWindowState, writeWindowState } from './window-state.ts'

const laptop = { x: 0, y: 25, width: 1_440, height: 875 }
const monitor = { x: 1_440, y: 0, width: 2_560, height: 1_440 }
const onMonitor = { x: 2_000, y: 100, width: 1_800, height: 1_200, isMaximized: false }

describe('the place of the window', () => {
  it('is kept while its screen is there', () => {
    expect(placeWindow(onMonitor, [laptop, monitor])).toEqual(onMonitor)
  })

  it('moves to the first screen, and shrinks to it, when its own is gone', () => {
    const state = placeWindow(onMonitor, [laptop])
    expect(state.x).toBeGreaterThanOrEqual(laptop.x)
    expect(state.y).toBeGreaterThanOrEqual(laptop.y)
    expect(state.width).toBeLessThanOrEqual(laptop.width)
    expect(state.height).toBeLessThanOrEqual(laptop.height)
  })

  it('moves when only a sliver or the bottom edge would show', () => {
    expect(placeWindow({ ...onMonitor, x: 1_430, width: 900 }, [laptop]).x).toBeLessThan(1_000)
    expect(
      placeWindow({ x: 10, y: -700, width: 900, height: 800, isMaximized: false }, [laptop]).y,
    ).toBeGreaterThanOrEqual(25)
  })

  it('remembers that it filled the screen', () => {
    expect(placeWindow({ ...onMonitor, isMaximized: true }, [laptop]).isMaximized).toBe(true)
  })

  it('never gets smaller than usable', () => {
    expect(placeWindow({ x: 50, y: 50, width: 121, height: 50, isMaximized: false }, [laptop])).toMatchObject(
      minimumSize,
    )
  })

  it('puts two windows of a demo side by side', () => {
    expect(placeBeside('left', laptop)).toMatchObject({ x: 0, width: 720, height: 875 })
    expect(placeBeside('right', laptop)).toMatchObject({ x: 720, width: 720, height: 875 })
  })
})

describe('the file of the window', () => {
  let folder: string
  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'kith-window-'))
  })
  afterEach(() => rmSync(folder, { recursive: true }))

  it('comes back as written', () => {
    const file = path.join(folder, 'window.json')
    writeWindowState(file, onMonitor)
    expect(readWindowState(file)).toEqual(onMonitor)
  })

  it.each(['', '{"x":1e99}', '{"x":"0"}', 'null'])('is ignored when damaged: %s', (content) => {
    const file = path.join(folder, 'window.json')
    writeFileSync(file, content)
    expect(readWindowState(file)).toBeNull()
  })
})
