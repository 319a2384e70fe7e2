/** Reads the world that it is started with and answers it, or what is wrong with it. */
import { parentPort, workerData } from 'node:worker_threads'
import { parseWorld } from './parse-world.js'
import type { ParsedApart } from './parse-world-apart.js'
import { WorldError } from './world-error.js'

function read(text: string): ParsedApart {
  try {
    return { world: parseWorld(text) }
  } catch (error) {
    if (error instanceof WorldError) return { places: error.places }
    throw error
  }
}

parentPort?.postMessage(read(workerData as string))
