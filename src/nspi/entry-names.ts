import type { DirectoryEntry } from '../directory/index.js'
import { folded, wordsOf } from './folded-text.js'

/** What ambiguous name resolution looks at: display name, first and last name, office, and how names are pronounced. */
function spokenNames({ displayName, attributes }: DirectoryEntry): (string | undefined)[] {
  return [
    displayName,
    attributes.givenName,
    attributes.surname,
    attributes.office,
    attributes.phoneticDisplayName,
    attributes.phoneticGivenName,
    attributes.phoneticSurname
  ]
}

/** Addresses that an entry can be named by, those that are not SMTP with their type. */
function addressNames({ address, aliases, proxyAddresses }: DirectoryEntry): string[] {
  return [address, ...aliases, ...proxyAddresses]
}

/**
 * The folded words by whose beginnings an entry is found: those of its names, and its addresses, of which the alias is the
 * beginning. The parts of a double name count, too.
 */
export function searchWords(entry: DirectoryEntry): string[] {
  const words = new Set<string>()
  for (const name of spokenNames(entry)) {
    if (name === undefined) continue
    for (const word of wordsOf(folded(name))) {
      words.add(word)
      for (const part of word.split(/[-'.]/)) if (part.length > 1) words.add(part)
    }
  }
  for (const address of addressNames(entry)) for (const word of wordsOf(folded(address))) words.add(word)
  return [...words]
}

/** Whether words are, each of them, the beginning of a word that the entry is found by. */
export function hasWordsStarting(entry: DirectoryEntry, words: readonly string[]): boolean {
  const own = searchWords(entry)
  return words.every(word => own.some(candidate => candidate.startsWith(word)))
}

/** Whether folded text is the whole display name, the alias or an address of an entry. */
export function isCalled(entry: DirectoryEntry, text: string): boolean {
  if (entry.alias === text || folded(entry.displayName) === text) return true
  return text.includes(':') && entry.proxyAddresses.some(address => folded(address) === text)
}

/** Whether folded text is the whole of one of the names of an entry, as the form `=name` asks for. */
export function hasExactName(entry: DirectoryEntry, text: string): boolean {
  if (isCalled(entry, text)) return true
  return [...spokenNames(entry), ...addressNames(entry)].some(name => name !== undefined && folded(name) === text)
}
