import { GgufProblem, type GgufReader } from './gguf-reader.ts'

const maxTensors = 200_000
const maxNameBytes = 1_024
const maxDimensions = 8

/** Weights per block and bytes per block, by ggml's type number. */
const blocks: Readonly<Record<number, readonly [weights: number, bytes: number]>> = {
  0: [1, 4],
  1: [1, 2],
  2: [32, 18],
  3: [32, 20],
  6: [32, 22],
  7: [32, 24],
  8: [32, 34],
  9: [32, 36],
  10: [256, 84],
  11: [256, 110],
  12: [256, 144],
  13: [256, 176],
  14: [256, 210],
  15: [256, 292],
  16: [256, 66],
  17: [256, 74],
  18: [256, 98],
  19: [256, 50],
  20: [32, 18],
  21: [256, 110],
  22: [256, 82],
  23: [256, 136],
  24: [1, 1],
  25: [1, 2],
  26: [1, 4],
  27: [1, 8],
  28: [1, 8],
  29: [256, 56],
  30: [1, 2],
  34: [256, 54],
  35: [256, 66],
  39: [32, 17],
}

/** Reads the list of tensors; returns how many bytes of weights must follow the header. */
export async function weightBytes(reader: GgufReader, tensorCount: number): Promise<number> {
  if (tensorCount === 0 || tensorCount > maxTensors) throw new GgufProblem('it holds no believable number of weights')
  let endBytes = 0
  for (let index = 0; index < tensorCount; index += 1) {
    await reader.text(maxNameBytes, 0)
    const dimensions = await reader.number(4)
    if (dimensions > maxDimensions) throw new GgufProblem('a weight has too many dimensions')
    let weights = 1
    for (let dimension = 0; dimension < dimensions; dimension += 1) {
      weights *= await reader.count(Number.MAX_SAFE_INTEGER, 'weight size')
    }
    const type = await reader.number(4)
    const offset = await reader.count(Number.MAX_SAFE_INTEGER, 'weight offset')
    const [blockWeights, blockBytes] = blocks[type] ?? [1, 0]
    endBytes = Math.max(endBytes, offset + Math.ceil(weights / blockWeights) * blockBytes)
  }
  return endBytes
}
