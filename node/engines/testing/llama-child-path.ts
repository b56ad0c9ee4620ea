import path from 'node:path'

/** Where the tests' build of the llama.cpp child lies. */
export const llamaChildPath = path.join(import.meta.dirname, '..', '..', '..', 'out', 'test', 'llama-child.js')
