import { readFileSync, renameSync, writeFileSync } from 'node:fs'
import { z } from 'zod'

export interface Area {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}

const coordinate = z.number().int().min(-100_000).max(100_000)
const extent = z.number().int().min(1).max(100_000)

export const windowStateSchema = z.object({
  x: coordinate,
  y: coordinate,
  width: extent,
  height: extent,
  isMaximized: z.boolean(),
})
export type WindowState = z.infer<typeof windowStateSchema>

/** Narrow enough for a page at 400 %, wide enough to hold its menu. */
export const minimumSize = { width: 360, height: 480 }
const usualSize = { width: 1_160, height: 800 }

/** How much of the window's top edge must be on a screen, so that it can be seen and dragged. */
const graspableWidth = 120
const graspableHeight = 40

/** Where the window goes: as remembered, if a screen still shows it; otherwise in the middle of the first screen. */
export function placeWindow(remembered: WindowState | null, workAreas: readonly [Area, ...Area[]]): WindowState {
  const home = remembered ? workAreas.find((area) => isGraspable(remembered, area)) : undefined
  if (!remembered || !home) {
    return { ...centred(remembered ?? usualSize, workAreas[0]), isMaximized: remembered?.isMaximized ?? false }
  }
  return { ...remembered, ...fit(remembered, home) }
}

/** The left or right half of a screen: two windows of one demo stand side by side. */
export function placeBeside(side: 'left' | 'right', area: Area): WindowState {
  const half = Math.floor(area.width / 2)
  const size = fit({ width: half, height: area.height }, area)
  return { ...size, x: side === 'left' ? area.x : area.x + area.width - size.width, y: area.y, isMaximized: false }
}

function isGraspable(state: Area, area: Area): boolean {
  const overlap = Math.min(state.x + state.width, area.x + area.width) - Math.max(state.x, area.x)
  const topIsInside = state.y >= area.y - 1 && state.y + graspableHeight <= area.y + area.height
  return overlap >= graspableWidth && topIsInside
}

function fit(size: { width: number; height: number }, area: Area): { width: number; height: number } {
  return {
    width: Math.max(minimumSize.width, Math.min(size.width, area.width)),
    height: Math.max(minimumSize.height, Math.min(size.height, area.height)),
  }
}

function centred(size: { width: number; height: number }, area: Area): Area {
  const { width, height } = fit(size, area)
  return {
    x: area.x + Math.max(0, Math.round((area.width - width) / 2)),
    y: area.y + Math.max(0, Math.round((area.height - height) / 2)),
    width,
    height,
  }
}

/** The remembered place of the window; null when there is none or the file is damaged. */
export function readWindowState(file: string): WindowState | null {
  try {
    const parsed = windowStateSchema.safeParse(JSON.parse(readFileSync(file, 'utf8')))
    return parsed.success ? parsed.data : null
  } catch {
    // Missing or damaged: the window opens in its usual place.
    return null
  }
}

/** Remembers the place of the window. Synchronous, because it runs while the window closes. */
export function writeWindowState(file: string, state: WindowState): void {
  writeFileSync(`${file}.new`, JSON.stringify(state))
  renameSync(`${file}.new`, file)
}
