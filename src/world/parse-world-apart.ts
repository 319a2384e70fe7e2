import { Worker } from 'node:worker_threads'
import { parseWorld } from './parse-world.js'
import type { World } from './schema.js'
import { WorldError, type WorldProblem } from './world-error.js'

/** Texts up to this size are read in a few milliseconds; a thread would take longer to start. */
const SMALL_CHARS = 16 << 10
/** Memory of the thread, in MiB: what a text of the largest size may take, and some. */
const HEAP_MIB = 2048

/** What the thread answers. */
export type ParsedApart = { readonly world: World } | { readonly places: readonly WorldProblem[] }

/**
 * As `parseWorld`, for a server that has others to serve meanwhile: reading a large text takes seconds, and happens in a thread of
 * its own. The world has no files.
 */
export async function parseWorldApart(text: string): Promise<World> {
  if (text.length <= SMALL_CHARS) return parseWorld(text)
  const worker = new Worker(new URL('./parse-world-worker.js', import.meta.url), {
    workerData: text,
    resourceLimits: { maxOldGenerationSizeMb: HEAP_MIB }
  })
  try {
    const answer = await new Promise<ParsedApart>((resolve, reject) => {
      worker.once('message', resolve)
      worker.once('error', reject)
      worker.once('exit', code => reject(new Error(`the thread that reads a world ended with ${code}`)))
    })
    if ('places' in answer) throw new WorldError(answer.places)
    return answer.world
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ERR_WORKER_OUT_OF_MEMORY') throw error
    throw new WorldError([{ path: '', message: 'takes too much memory' }])
  } finally {
    await worker.terminate()
  }
}
