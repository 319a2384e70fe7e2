import { normalizedSubject } from '../mailbox/messages/subject.js'
import { beginConversation, continueConversation } from '../transport/conversation-index.js'
import type { World } from './schema.js'
import type { WorldMessage } from './schema-items.js'
import { SeededRandom } from './seeded-random.js'
import { mailboxFolders } from './world-entries.js'

/** Where a message stands in its conversation. */
export interface ThreadPlace {
  readonly messageId: string
  readonly inReplyTo: string | undefined
  /** Ids of those that it goes back to, the first one first. */
  readonly references: readonly string[]
  readonly topic: string
  readonly index: Uint8Array
}

/** Long threads name the message that they began with, and the last of those between. */
const MOST_REFERENCES = 20

/** The conversations between the messages that a world writes out: who answers whom is said by their ids. */
export class Threads {
  private readonly byId = new Map<string, WorldMessage>()
  private readonly places = new Map<string, ThreadPlace>()
  private readonly now: number

  constructor(world: World) {
    this.now = Date.parse(world.now)
    for (const { folders } of mailboxFolders(world)) {
      for (const { messages } of folders) {
        for (const message of messages) if (message.messageId !== undefined) this.byId.set(message.messageId, message)
      }
    }
  }

  /** `messageId` for a message that has none of its own. */
  placeOf(message: WorldMessage, messageId: string): ThreadPlace {
    return this.place(message, message.messageId ?? messageId, 0)
  }

  private place(message: WorldMessage, messageId: string, depth: number): ThreadPlace {
    const known = this.places.get(messageId)
    if (known !== undefined && message.messageId !== undefined) return known
    const { inReplyTo } = message
    const random = new SeededRandom(`conversation/${messageId}`)
    const timeMs = message.received === undefined ? this.now : Date.parse(message.received)
    const parent = inReplyTo === undefined ? undefined : this.parentOf(inReplyTo, messageId, depth)
    const place: ThreadPlace = {
      ...{ messageId, inReplyTo },
      references: parent === undefined ? (inReplyTo === undefined ? [] : [inReplyTo]) : referencesOf(parent),
      topic: parent?.topic ?? normalizedSubject(message.subject),
      index:
        parent === undefined
          ? beginConversation(timeMs, random.fill(new Uint8Array(16)))
          : continueConversation(parent.index, timeMs, random.below(16))
    }
    if (message.messageId !== undefined) this.places.set(messageId, place)
    return place
  }

  /** The place of the message that is answered, if it is of this world; a circle of answers ends at some depth. */
  private parentOf(inReplyTo: string, messageId: string, depth: number): ThreadPlace | undefined {
    const message = this.byId.get(inReplyTo)
    if (message === undefined || inReplyTo === messageId || depth >= MOST_DEPTH) return undefined
    return this.place(message, inReplyTo, depth + 1)
  }
}

/** Answers to answers; far more than a conversation index has room for in practice. */
const MOST_DEPTH = 200

function referencesOf({ references, messageId }: ThreadPlace): string[] {
  const all = [...references, messageId]
  return all.length <= MOST_REFERENCES ? all : [all[0], ...all.slice(all.length - MOST_REFERENCES + 1)]
}
