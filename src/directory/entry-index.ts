import { type DirectoryEntry, isPrincipal } from './directory-entry.js'
import type { Principal } from './principal.js'

/** All entries in memory by every name that they have; names are compared without case. */
export class EntryIndex {
  readonly byId = new Map<number, DirectoryEntry>()
  readonly guids = new Map<string, DirectoryEntry>()
  readonly addresses = new Map<string, DirectoryEntry>()
  readonly legacyDns = new Map<string, DirectoryEntry>()
  readonly mailboxGuids = new Map<string, Principal>()
  /** Part before the `@` to the principals that have it. */
  private readonly aliases = new Map<string, Principal[]>()

  clear(): void {
    this.byId.clear()
    this.guids.clear()
    this.addresses.clear()
    this.legacyDns.clear()
    this.mailboxGuids.clear()
    this.aliases.clear()
  }

  /** Takes an entry in, in place of the one with its id. */
  put(entry: DirectoryEntry): void {
    const old = this.byId.get(entry.id)
    if (old !== undefined) this.dropNames(old)
    this.byId.set(entry.id, entry)
    this.guids.set(entry.guid, entry)
    for (const address of [entry.address, ...entry.aliases]) this.addresses.set(address, entry)
    for (const dn of dnsOf(entry)) this.legacyDns.set(dn, entry)
    if (!isPrincipal(entry)) return
    this.mailboxGuids.set(entry.mailboxGuid, entry)
    this.aliases.set(entry.alias, [...this.withAlias(entry.alias), entry])
  }

  delete(entry: DirectoryEntry): void {
    this.dropNames(entry)
    this.byId.delete(entry.id)
  }

  withAlias(alias: string): readonly Principal[] {
    return this.aliases.get(alias) ?? []
  }

  private dropNames(entry: DirectoryEntry): void {
    this.guids.delete(entry.guid)
    for (const address of [entry.address, ...entry.aliases]) this.addresses.delete(address)
    for (const dn of dnsOf(entry)) this.legacyDns.delete(dn)
    if (!isPrincipal(entry)) return
    this.mailboxGuids.delete(entry.mailboxGuid)
    const others = this.withAlias(entry.alias).filter(other => other.id !== entry.id)
    if (others.length === 0) this.aliases.delete(entry.alias)
    else this.aliases.set(entry.alias, others)
  }
}

/** The DNs that lead to an entry, in lower case: its own, and those that it had elsewhere (X500 addresses). */
export function dnsOf(entry: Pick<DirectoryEntry, 'legacyDn' | 'proxyAddresses'>): string[] {
  const former = entry.proxyAddresses.filter(proxy => /^x500:/i.test(proxy)).map(proxy => proxy.slice('x500:'.length))
  return [entry.legacyDn, ...former].map(dn => dn.toLowerCase())
}
