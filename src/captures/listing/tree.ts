/**
 * A listing: what the bytes of one message say, field by field. The same tree is printed for people, written as JSON and
 * compared by replay.
 */

/** What a value is, beyond its bytes: how it is printed, and whether replay may expect another one from another server. */
export type ValueKind =
  | 'number'
  | 'boolean'
  | 'text'
  | 'bytes'
  | 'flags'
  | 'enumeration'
  | 'error'
  | 'time'
  | 'guid'
  | 'tag'
  | 'propertyId'
  /** Folder or message id: REPLID and counter. */
  | 'id'
  /** The counter of an id without its replica, in long-term ids and entry ids. */
  | 'counter'
  /** Number of a change, in change numbers and change keys. */
  | 'change'
  /** GUID that a server chose for a mailbox, a replica or itself. */
  | 'ownGuid'
  | 'handle'
  /** Minimal entry id of an address book. */
  | 'minimalId'
  /** Legacy DN. */
  | 'dn'
  /** Bytes that no layout explains; `fault` says why. */
  | 'undecoded'

export interface Tree {
  readonly name: string
  /** What a person reads of the value; '' where only the children say something. */
  text: string
  /** The value itself: number, bigint, string, boolean, bytes or a list of them; undefined where only the children say something. */
  value: unknown
  kind: ValueKind | undefined
  /** The buffer that `start` and `end` count in: the body, or a payload that had to be uncovered or decompressed first. */
  readonly buffer: Uint8Array
  start: number
  end: number
  readonly children: Tree[]
  /** Why the bytes could not be decoded, with place and path. */
  fault: string | undefined
  /** Part of a frame that the line above says in words: printed with offsets only. */
  quiet: boolean
}

export function newTree(name: string, buffer: Uint8Array, start = 0, end = buffer.byteLength): Tree {
  // One literal: this is made for every field.
  return {
    name,
    text: '',
    value: undefined,
    kind: undefined,
    buffer,
    start,
    end,
    children: [],
    fault: undefined,
    quiet: false
  }
}

/** Every node of a tree, parents before children. */
export function* nodesOf(tree: Tree): Generator<Tree> {
  yield tree
  for (const child of tree.children) yield* nodesOf(child)
}
