import path from 'node:path'
import { app, nativeImage, type NativeImage } from 'electron'

const drawnSize = 32

/** An icon of resources/icons; a plain drawn one where the file is missing. */
export function loadIcon(fileName: string): NativeImage {
  const icon = nativeImage.createFromPath(path.join(app.getAppPath(), 'resources', 'icons', fileName))
  return icon.isEmpty() ? drawIcon() : icon
}

/** Two overlapping discs: two computers that share. */
function drawIcon(): NativeImage {
  const pixels = Buffer.alloc(drawnSize * drawnSize * 4)
  for (let y = 0; y < drawnSize; y += 1) {
    for (let x = 0; x < drawnSize; x += 1) {
      const isLeft = Math.hypot(x - 11, y - 16) <= 10
      const isRight = Math.hypot(x - 21, y - 16) <= 10
      // Blue, green, red, opacity.
      if (isLeft || isRight)
        pixels.set(isLeft ? [0xd0, 0x78, 0x2f, 0xff] : [0x6a, 0xa8, 0x2f, 0xff], (y * drawnSize + x) * 4)
    }
  }
  return nativeImage.createFromBitmap(pixels, { width: drawnSize, height: drawnSize })
}
