import { normalizedSubject } from '../mailbox/subject.js'
import type { World } from './schema.js'
import type { WorldMessage } from './schema-items.js'
import { SeededRandom } from './seeded-random.js'
import { mailboxFolders } from './world-entries.js'

export const HEADER_BYTES = 22
export const LEVEL_BYTES = 5
const GUID_AT = 6

/** Milliseconds between 1601 and 1970, and 100 ns in one. */
const EPOCH_MS = 11_644_473_600_000
const PER_MS = 10_000
const LOW_16 = 65_536

/**
 * PidTagConversationIndex of a message that begins a thread ([MS-OXOMSG] 2.2.1.3): bits 63 to 16 of the time as a FILETIME, the
 * first byte being 0x01 for all of this age, and a GUID.
 */
export function beginConversation(timeMs: number, guid: Uint8Array): Uint8Array {
  const index = new Uint8Array(HEADER_BYTES)
  // A FILETIME does not fit into a number, but these bits of it do; what is lost lies below them.
  const bits = Math.floor((timeMs + EPOCH_MS) * (PER_MS / LOW_16))
  putU32BigEndian(index, 0, Math.floor(bits / LOW_16))
  index[4] = bits >>> 8
  index[5] = bits
  index.set(guid, GUID_AT)
  return index
}

/** From this many 100 ns on, some 1.8 years, the time since the first message is written more coarsely. */
const FAR = 2 ** 49
const FINE = 2 ** 18
const COARSE = 2 ** 23
const DELTA = 2 ** 31

/** As `beginConversation`, for an answer: the index of what it answers and five bytes more. `random` is one of 0 to 15. */
export function continueConversation(parent: Uint8Array, timeMs: number, random: number): Uint8Array {
  const index = new Uint8Array(parent.byteLength + LEVEL_BYTES)
  index.set(parent)
  const high = ((parent[0] << 24) | (parent[1] << 16) | (parent[2] << 8) | parent[3]) >>> 0
  const began = high * LOW_16 + ((parent[4] << 8) | parent[5])
  const since = Math.abs((timeMs + EPOCH_MS) * PER_MS - began * LOW_16)
  const delta = since < FAR ? Math.floor(since / FINE) % DELTA : DELTA + (Math.floor(since / COARSE) % DELTA)
  putU32BigEndian(index, parent.byteLength, delta)
  index[parent.byteLength + 4] = (random & 0x0f) << 4
  return index
}

function putU32BigEndian(bytes: Uint8Array, at: number, value: number): void {
  bytes[at] = value >>> 24
  bytes[at + 1] = value >>> 16
  bytes[at + 2] = value >>> 8
  bytes[at + 3] = value
}

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
