import { Batch, keys, SERVER_MAILBOX, type Store } from '../../store/index.js'
import { newGuid, type Runtime } from '../runtime.js'
import { parseOrganization, parsePrincipal, writeOrganization, writePrincipal } from './directory-records.js'
import type { PasswordRecord, Principal } from './principal.js'

/** What never changes about the organization once the store was made. */
export interface Organization {
  /** `/o=` part of every legacy DN. */
  readonly name: string
  /** DeploymentId of Autodiscover: one GUID per installation. */
  readonly deploymentId: string
}

export interface PrincipalSpec {
  address: string
  displayName: string
  aliases?: readonly string[]
  passwordRecord?: PasswordRecord | null
  fullAccess?: readonly string[]
  /** Ids to keep, for worlds and imports that fix them; new ones otherwise. */
  guid?: string
  mailboxGuid?: string
  legacyDn?: string
}

/** What may change about a principal. Addresses, ids and DN stay for ever: clients cache them. */
export type PrincipalChange = Partial<Pick<Principal, 'displayName' | 'aliases' | 'passwordRecord' | 'fullAccess'>>

/** A principal that cannot be added or changed as asked; the message says why, for a person. */
export class DirectoryError extends Error {
  constructor(message: string) {
    super(message)
    this.name = 'DirectoryError'
  }
}

const ADDRESS = /^[a-z0-9!#$%&'*+=?^_`{|}~-]+(\.[a-z0-9!#$%&'*+=?^_`{|}~-]+)*@[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$/
const ADMINISTRATIVE_GROUP = 'Exchange Administrative Group (FYDIBOHF23SPDLT)'
const ORGANIZATION_KEY = 'organization'
const NAME_LIMIT = 256

/**
 * Who there is: principals with all their names, resident in memory and kept in the store's mailbox number 0. All
 * look-ups are synchronous. Names are compared without case.
 */
export class Directory {
  /** Grows with every change; whoever cached something about a principal compares it. */
  generation = 0
  private readonly byId = new Map<number, Principal>()
  private readonly guids = new Map<string, Principal>()
  private readonly mailboxGuids = new Map<string, Principal>()
  private readonly addresses = new Map<string, Principal>()
  private readonly legacyDns = new Map<string, Principal>()
  /** Part before the `@` to its only owner; null where several have it. */
  private readonly aliases = new Map<string, Principal | null>()
  private nextId = 1

  private constructor(
    private readonly store: Store,
    private readonly runtime: Runtime,
    readonly organization: Organization
  ) {}

  /** Reads the directory; in a new store it makes the organization first, with this name. */
  static async open(store: Store, runtime: Runtime, organizationName = 'Ropewalk'): Promise<Directory> {
    const key = keys.setting.of(SERVER_MAILBOX, ORGANIZATION_KEY)
    const record = store.get(key)
    const organization =
      record === undefined ? { name: organizationName, deploymentId: newGuid(runtime) } : parseOrganization(record)
    if (record === undefined) {
      if (!/^[\w .-]{1,64}$/.test(organizationName))
        throw new DirectoryError(`not an organization name: ${organizationName}`)
      await store.whenDurable(store.commit(new Batch().put(key, writeOrganization(organization))))
    }
    const directory = new Directory(store, runtime, organization)
    await directory.reload()
    return directory
  }

  /** Forgets what is in memory and reads what the store has: after a failed flush the two may differ. */
  async reload(): Promise<void> {
    const entries = await this.store.range(keys.principal.range(SERVER_MAILBOX))
    this.generation++
    for (const index of [this.byId, this.guids, this.mailboxGuids, this.addresses, this.legacyDns, this.aliases]) {
      index.clear()
    }
    for (const { key, value } of entries) {
      const id = keys.principal.parse(key).objectId
      this.remember(id, parsePrincipal(value))
      this.nextId = Math.max(this.nextId, id + 1)
    }
  }

  /** By primary or further SMTP address. */
  byAddress(address: string): Principal | undefined {
    return this.addresses.get(address.toLowerCase())
  }

  byLegacyDn(legacyDn: string): Principal | undefined {
    return this.legacyDns.get(legacyDn.toLowerCase())
  }

  byGuid(guid: string): Principal | undefined {
    return this.guids.get(guid.toLowerCase())
  }

  byMailboxGuid(guid: string): Principal | undefined {
    return this.mailboxGuids.get(guid.toLowerCase())
  }

  byMailboxNumber(number: number): Principal | undefined {
    return this.byId.get(number)
  }

  /**
   * As people type it when they log on: `user@domain`, `DOMAIN\user` (the whole mail domain or its first label) or
   * `user`, where only one principal has that alias.
   */
  byLogonName(name: string): Principal | undefined {
    const backslash = name.indexOf('\\')
    if (backslash < 0) {
      if (name.includes('@')) return this.byAddress(name)
      return this.aliases.get(name.toLowerCase()) ?? undefined
    }
    const user = name.slice(backslash + 1).toLowerCase()
    if (user.includes('@')) return this.byAddress(user)
    const domain = name.slice(0, backslash).toLowerCase()
    if (domain === '' || domain === '.') return this.aliases.get(user) ?? undefined
    const exact = this.addresses.get(`${user}@${domain}`)
    if (exact !== undefined) return exact
    for (const principal of this.byId.values()) {
      if (principal.alias === user && principal.domain.split('.', 1)[0] === domain) return principal
    }
    return undefined
  }

  /** All principals, in the order in which they were added. */
  principals(): Principal[] {
    return [...this.byId.values()]
  }

  /** The domains that have principals, sorted. */
  domains(): string[] {
    return [...new Set(this.principals().map(principal => principal.domain))].sort()
  }

  /** DN of the server as a mailbox's own: no server name in it, as Exchange 2013 and later answer. */
  serverDn(principal: Principal): string {
    return `/o=${this.organization.name}/ou=${ADMINISTRATIVE_GROUP}/cn=Configuration/cn=Servers/cn=${principal.mailboxGuid}@${principal.domain}`
  }

  /** Adds a principal; resolves when it is on disk. DirectoryError when a name is taken or not well-formed. */
  async add(spec: PrincipalSpec): Promise<Principal> {
    const address = spec.address.toLowerCase()
    this.demandNames(address, spec)
    const alias = address.slice(0, address.indexOf('@'))
    const id = this.nextId++
    const principal: Principal = {
      guid: (spec.guid ?? newGuid(this.runtime)).toLowerCase(),
      address,
      aliases: (spec.aliases ?? []).map(other => other.toLowerCase()),
      displayName: spec.displayName,
      alias,
      domain: address.slice(address.indexOf('@') + 1),
      legacyDn: spec.legacyDn ?? this.newLegacyDn(alias),
      mailboxGuid: (spec.mailboxGuid ?? newGuid(this.runtime)).toLowerCase(),
      mailboxNumber: id,
      passwordRecord: spec.passwordRecord ?? null,
      fullAccess: (spec.fullAccess ?? []).map(other => other.toLowerCase())
    }
    this.demandFree('guid', this.guids.get(principal.guid))
    this.demandFree('mailbox guid', this.mailboxGuids.get(principal.mailboxGuid))
    this.demandFree('legacy DN', this.byLegacyDn(principal.legacyDn))
    await this.save(id, principal)
    return principal
  }

  /** Changes a principal; resolves with the new state when it is on disk. */
  async change(guid: string, change: PrincipalChange): Promise<Principal> {
    const old = this.byGuid(guid)
    if (old === undefined) throw new DirectoryError(`no principal has the GUID ${guid}`)
    const lower = (list: readonly string[]) => list.map(text => text.toLowerCase())
    const principal: Principal = {
      ...old,
      ...change,
      aliases: lower(change.aliases ?? old.aliases),
      fullAccess: lower(change.fullAccess ?? old.fullAccess)
    }
    for (const alias of principal.aliases) {
      if (!ADDRESS.test(alias)) throw new DirectoryError(`not an e-mail address: ${alias}`)
      if (this.byAddress(alias) !== old) this.demandFree(`address ${alias}`, this.byAddress(alias))
    }
    const saved = this.save(old.mailboxNumber, principal)
    for (const alias of old.aliases) if (!principal.aliases.includes(alias)) this.addresses.delete(alias)
    await saved
    return principal
  }

  private newLegacyDn(alias: string): string {
    const unique = newGuid(this.runtime).replaceAll('-', '')
    return `/o=${this.organization.name}/ou=${ADMINISTRATIVE_GROUP}/cn=Recipients/cn=${unique}-${alias}`
  }

  private demandNames(address: string, spec: PrincipalSpec): void {
    for (const name of [address, ...(spec.aliases ?? [])]) {
      if (name.length > NAME_LIMIT || !ADDRESS.test(name.toLowerCase()))
        throw new DirectoryError(`not an e-mail address: ${name}`)
      this.demandFree(`address ${name}`, this.byAddress(name))
    }
    if (spec.displayName === '' || spec.displayName.length > NAME_LIMIT) {
      throw new DirectoryError(`a display name has 1 to ${NAME_LIMIT} characters`)
    }
  }

  private demandFree(what: string, owner: Principal | undefined): void {
    if (owner !== undefined) throw new DirectoryError(`the ${what} belongs to ${owner.address} already`)
  }

  private async save(id: number, principal: Principal): Promise<void> {
    const batch = new Batch().put(keys.principal.of(SERVER_MAILBOX, id), writePrincipal(principal))
    const sequence = this.store.commit(batch)
    this.remember(id, principal)
    await this.store.whenDurable(sequence)
  }

  private remember(id: number, principal: Principal): void {
    this.generation++
    const isNew = !this.byId.has(id)
    this.byId.set(id, principal)
    this.guids.set(principal.guid, principal)
    this.mailboxGuids.set(principal.mailboxGuid, principal)
    this.legacyDns.set(principal.legacyDn.toLowerCase(), principal)
    for (const address of [principal.address, ...principal.aliases]) this.addresses.set(address, principal)
    const shared = isNew && this.aliases.has(principal.alias)
    if (shared || this.aliases.get(principal.alias) === null) this.aliases.set(principal.alias, null)
    else this.aliases.set(principal.alias, principal)
  }
}
