import type { RecordedExchange, RecordedMessage } from '../recorded-session.js'
import { describers } from './describers.js'
import { insides } from './insides.js'
import { listRequestBody, listResponseBody } from './list-body.js'
import { learnUnanswered } from './list-rops.js'
import { RopBatchMemory } from './rop-batch-memory.js'
import { SessionMemory } from './session-memory.js'
import { newTree, type Tree } from './tree.js'
import { Surroundings, Walk } from './walk.js'

/** Begins the fault of a message that a mistake of this program kept from being listed. */
export const MISTAKE = 'not listed because of a mistake in the program'

/** What the two messages of an exchange say. A message that is not recorded has no tree. */
export interface ListedExchange {
  readonly exchange: RecordedExchange
  readonly request: Tree | undefined
  readonly response: Tree | undefined
  /** The remote operations of the request, as far as it could be decoded. */
  readonly batch: RopBatchMemory
}

/** Lists the exchanges of one session in order: each is read with what the earlier ones taught. */
export class SessionListing {
  readonly memory = new SessionMemory()

  list(exchange: RecordedExchange): ListedExchange {
    const { request, response } = exchange
    const batch = new RopBatchMemory(this.memory)
    const asked = request && this.listOne('request', request, walk => listRequestBody(walk, exchange.type, batch))
    const answered =
      response && this.listOne('response', response, walk => listResponseBody(walk, exchange.type, batch))
    if (response === undefined) learnUnanswered(batch)
    return { exchange, request: asked, response: answered, batch }
  }

  private listOne(name: string, message: RecordedMessage, list: (walk: Walk) => void): Tree {
    const { bytes } = message
    const tree = newTree(name, bytes)
    const walk = new Walk(new Surroundings(this.memory, describers, insides), tree)
    try {
      walk.attempt(bytes.byteLength, () => list(walk))
      return tree
    } catch (error) {
      // Not bad input, which `attempt` contains: our mistake. The other messages are listed all the same.
      const failed = newTree(name, bytes)
      const fault = `${MISTAKE}: ${(error as Error).message}`
      const undecoded = {
        ...newTree('undecoded', bytes),
        text: `${bytes.byteLength} bytes`,
        kind: 'undecoded' as const
      }
      failed.children.push({ ...undecoded, value: bytes, fault })
      return failed
    }
  }
}
