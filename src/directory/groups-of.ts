import type { Directory } from './directory.js'

/** GUIDs of all distribution lists that an entry belongs to, through others too; a circle of lists is no trouble. */
export function groupsOf(directory: Pick<Directory, 'entryByGuid' | 'memberOf'>, guid: string): Set<string> {
  const found = new Set<string>()
  const waiting = [guid]
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const entry = directory.entryByGuid(next)
    for (const group of entry === undefined ? [] : directory.memberOf(entry)) {
      if (found.has(group.guid)) continue
      found.add(group.guid)
      waiting.push(group.guid)
    }
  }
  return found
}
