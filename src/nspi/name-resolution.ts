import type { Directory, DirectoryEntry, Principal } from '../directory/index.js'
import type { Container } from './containers.js'
import { hasExactName, hasWordsStarting, isCalled } from './entry-names.js'
import { folded, wordsOf } from './folded-text.js'
import type { Follower } from './follower.js'
import { MID_AMBIGUOUS, MID_RESOLVED, MID_UNRESOLVED } from './stat.js'
import type { WordIndex } from './word-index.js'

export interface Resolution {
  /** MID_UNRESOLVED, MID_AMBIGUOUS or MID_RESOLVED. */
  outcome: number
  entry: DirectoryEntry | null
}

const UNRESOLVED: Resolution = { outcome: MID_UNRESOLVED, entry: null }
const AMBIGUOUS: Resolution = { outcome: MID_AMBIGUOUS, entry: null }

/** Where names are looked up, and for whom. */
export interface NameScope {
  container: Container
  principal: Principal
}

/** What somebody typed. */
interface Query {
  /** Without the sign of the exact form, in lower case. */
  raw: string
  /** The same, folded. */
  text: string
  words: string[]
  /** `=name`: names must match whole. */
  exact: boolean
}

/**
 * Ambiguous name resolution ([MS-OXNSPI] 3.1.4.7; the algorithm is a matter of the server). In this order: an address or DN that
 * belongs to one entry; `=name` as the whole of one of the names; a display name or alias that is the text; entries each
 * word of the text is the beginning of a word of. Hidden entries are found by address or DN alone, and by whoever they are.
 */
export class NameResolution {
  constructor(
    private readonly directory: Directory,
    private readonly index: Follower<WordIndex>,
    private readonly displayNamed: (text: string, container: Container) => Iterable<DirectoryEntry>
  ) {}

  resolve(name: string, scope: NameScope): Resolution {
    const query = parseQuery(name)
    if (query === undefined) return UNRESOLVED
    const addressed = this.addressed(query, scope)
    if (addressed !== undefined) return { outcome: MID_RESOLVED, entry: addressed }
    if (query.exact) return only(this.exactMatches(query, scope))
    const called = only(this.called(query, scope))
    return called.outcome === MID_UNRESOLVED ? only(this.beginning(query, scope)) : called
  }

  /** All entries that a name may mean, as a restriction on PidTagAnr finds them. */
  *matches(name: string, scope: NameScope): Generator<DirectoryEntry> {
    const query = parseQuery(name)
    if (query === undefined) return
    const addressed = this.addressed(query, scope)
    if (addressed !== undefined) yield addressed
    else if (query.exact) yield* this.exactMatches(query, scope)
    else yield* this.beginning(query, scope)
  }

  /** The one entry that an address (with or without its type) or a DN belongs to. In the global list hidden entries are found so, too. */
  private addressed({ raw }: Query, { container, principal }: NameScope): DirectoryEntry | undefined {
    const address = raw.replace(/^smtp:/, '')
    const dn = raw.replace(/^(ex|x500):/, '')
    let entry = address.includes('@') ? this.directory.entryByAddress(address) : undefined
    if (dn.startsWith('/')) entry = this.directory.entryByLegacyDn(dn)
    if (entry === undefined || container.list.isGlobal) return entry
    const shown = entry.id === principal.id ? { ...entry, hidden: false } : entry
    return container.list.contains(shown) ? entry : undefined
  }

  private *exactMatches({ text, words }: Query, scope: NameScope): Generator<DirectoryEntry> {
    const isMeant = (entry: DirectoryEntry): boolean => hasExactName(entry, text)
    yield* this.hiddenSelf(scope, isMeant)
    yield* within(this.index.current().starting(words), scope, isMeant)
  }

  private *called({ raw, text, words }: Query, scope: NameScope): Generator<DirectoryEntry> {
    const seen = new Set<number>()
    const isNew = (entry: DirectoryEntry): boolean => seen.size < seen.add(entry.id).size
    const isMeant = (entry: DirectoryEntry): boolean => isCalled(entry, text) && isNew(entry)
    yield* this.hiddenSelf(scope, isMeant)
    yield* within(this.displayNamed(raw, scope.container), scope, isNew)
    if (words.length === 1) yield* within(this.index.current().starting([`${text}@`]), scope, isMeant)
    else if (text.includes(':')) yield* within(this.index.current().starting(words), scope, isMeant)
  }

  private *beginning({ words }: Query, scope: NameScope): Generator<DirectoryEntry> {
    yield* this.hiddenSelf(scope, entry => hasWordsStarting(entry, words))
    yield* within(this.index.current().starting(words), scope, () => true)
  }

  /** The caller himself if the address book hides him: he finds himself all the same. */
  private *hiddenSelf(
    { container, principal }: NameScope,
    isMeant: (entry: DirectoryEntry) => boolean
  ): Generator<DirectoryEntry> {
    const self = this.directory.entryById(principal.id)
    if (self?.hidden !== true || !container.list.contains({ ...self, hidden: false })) return
    if (isMeant(self)) yield self
  }
}

function* within(
  found: Iterable<DirectoryEntry>,
  { container }: NameScope,
  isMeant: (entry: DirectoryEntry) => boolean
): Generator<DirectoryEntry> {
  for (const entry of found) if (container.list.contains(entry) && isMeant(entry)) yield entry
}

/** No name is longer than the longest proxy address, none that people type has more words. */
const NAME_LIMIT = 1200
const WORD_LIMIT = 16

/** Undefined for a name that means nobody: an empty one ([MS-OXNSPI] R623, R624), or one that is too long to be a name. */
function parseQuery(name: string): Query | undefined {
  if (name.length > NAME_LIMIT) return undefined
  const whole = name.trim().toLowerCase()
  const exact = whole.startsWith('=')
  const raw = exact ? whole.slice(1).trim() : whole
  const text = folded(raw)
  const words = wordsOf(text)
  return words.length === 0 || words.length > WORD_LIMIT ? undefined : { raw, text, words, exact }
}

/** What becomes of a name that these entries are found for. */
function only(entries: Iterable<DirectoryEntry>): Resolution {
  let first: DirectoryEntry | null = null
  for (const entry of entries) {
    if (first !== null) return AMBIGUOUS
    first = entry
  }
  return first === null ? UNRESOLVED : { outcome: MID_RESOLVED, entry: first }
}
