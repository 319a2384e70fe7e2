import { demandWellFormed } from '../../directory/entry-spec.js'
import { type Directory, type DirectoryEntry, DirectoryError, isPrincipal } from '../../directory/index.js'
import { AdministrationError, type PlacedProblem } from './administration-error.js'

/** Looks up what a body names, and gathers what cannot be, each with its place. */
export class EntryLinks {
  readonly problems: PlacedProblem[] = []
  private readonly conflicts: PlacedProblem[] = []

  constructor(private readonly directory: Directory) {}

  /** GUIDs of the entries that these addresses belong to; undefined when the field is not named. */
  guids(path: string, addresses: readonly string[] | undefined): string[] | undefined {
    return addresses?.map((address, at) => this.guid(`${path}.${at}`, address) ?? '')
  }

  /** As `guids`, of one that may be none. */
  manager(address: string | null | undefined): string | null | undefined {
    return address == null ? address : (this.guid('manager', address) ?? null)
  }

  /** Primary addresses of the mailboxes that these addresses belong to. */
  mailboxes(path: string, addresses: readonly string[] | undefined): string[] | undefined {
    return addresses?.map((address, at) => {
      const entry = this.directory.entryByAddress(address)
      if (entry === undefined || !isPrincipal(entry)) {
        this.problems.push({ path: `${path}.${at}`, message: `no mailbox has the address ${address}` })
      }
      return entry?.address ?? address
    })
  }

  /** Checks addresses that an entry shall have: well-formed, and free or its own. */
  demandFree(path: string, address: string, own?: DirectoryEntry): void {
    this.demandWellFormed(path, { address })
    const owner = this.directory.entryByAddress(address)
    if (owner === undefined || owner === own) return
    this.conflicts.push({ path, message: `the address ${address} belongs to ${owner.address} already` })
  }

  /** Checks names that only the directory knows the form of. */
  demandNames({ name, proxyAddresses }: { name?: string; proxyAddresses?: readonly string[] }): void {
    if (name !== undefined) this.demandWellFormed('name', { displayName: name })
    proxyAddresses?.forEach((proxy, at) => {
      this.demandWellFormed(`proxyAddresses.${at}`, { proxyAddresses: [proxy] })
    })
  }

  private demandWellFormed(path: string, part: Partial<Parameters<typeof demandWellFormed>[0]>): void {
    try {
      demandWellFormed({ address: 'somebody@example.com', displayName: 'Somebody', ...part })
    } catch (error) {
      if (!(error instanceof DirectoryError)) throw error
      this.problems.push({ path, message: error.message })
    }
  }

  /** Throws what was gathered: what makes no sense first, then what is not free. */
  done(): void {
    if (this.problems.length > 0)
      throw new AdministrationError('invalid', 'The entry cannot be like that.', this.problems)
    if (this.conflicts.length > 0) throw new AdministrationError('conflict', 'An address is taken.', this.conflicts)
  }

  private guid(path: string, address: string): string | undefined {
    const entry = this.directory.entryByAddress(address)
    if (entry === undefined) this.problems.push({ path, message: `no entry has the address ${address}` })
    return entry?.guid
  }
}
