import { ntowfv1 } from '../auth/ntlm/one-way-functions.js'
import { dnsOf } from '../directory/entry-index.js'
import {
  type DirectoryEntry,
  DirectoryError,
  derivedGuid,
  type EntryChange,
  type EntrySpec,
  isPrincipal,
  type Principal,
  recipientDn
} from '../directory/index.js'
import { type MailboxCreation, MailboxLifecycle } from '../mailbox/mailbox-lifecycle.js'
import { digestOf } from './canonical.js'
import { changeOf, digestsOf, type EntryFields, fieldsOfEntry, fieldsOfWorld } from './entry-fields.js'
import { localeIdOf } from './locales.js'
import type { World } from './schema.js'
import { type WorldEntry, worldEntries } from './world-entries.js'
import type { EntryMark, WorldMarks } from './world-marks.js'
import type { ReportWriter } from './world-report.js'
import type { WorldTarget } from './world-target.js'

const DEFAULT_CULTURE = 'en-US'
/** Name of the digest of a password's secret among those of the fields. */
const SECRET = 'secret'

/**
 * Brings the entries of a world into the directory: those that are missing are added, all at once; of the others what the world
 * has changed since is taken over where nobody else has changed it. An entry that somebody has removed stays away.
 */
export class EntryApplier {
  private readonly lifecycle: MailboxLifecycle
  /** By primary address in lower case. */
  private readonly entries: ReadonlyMap<string, WorldEntry>
  /** GUIDs of entries that were added just now: nothing about them is to be compared. */
  private readonly added = new Set<string>()

  constructor(
    private readonly world: World,
    private readonly target: WorldTarget,
    private readonly marks: WorldMarks,
    private readonly report: ReportWriter
  ) {
    const { objects, mailboxes, directory, log } = target
    const ownerOf = (number: number) => directory.byMailboxNumber(number)
    this.lifecycle = new MailboxLifecycle({ objects, mailboxes, ownerOf, log })
    this.entries = new Map([...worldEntries(world)].map(entry => [entry.spec.address.toLowerCase(), entry]))
  }

  async apply(): Promise<void> {
    const entries = [...this.entries.values()]
    const secrets = new Map<string, Uint8Array>()
    // Hashing takes long, and somebody may remove an entry meanwhile; what is hashed and missing is added without a pause.
    while (await this.hashPasswords(entries, secrets));
    await this.addMissing(entries, secrets)
    for (const entry of entries) await this.meet(entry)
  }

  /** Makes the mailbox of a principal of the world that has none yet. */
  async demandMailbox(principal: Principal): Promise<void> {
    const { mailboxes } = this.target
    const entry = this.entries.get(principal.address)
    if (entry === undefined || (await mailboxes.open(principal.mailboxNumber)) !== undefined) return
    await this.lifecycle.create(principal.mailboxNumber, principal, this.creationOf(entry))
    this.report.added.mailboxes++
  }

  /** Secrets for the passwords of entries that are not there yet; false when there was nothing to do. */
  private async hashPasswords(entries: readonly WorldEntry[], secrets: Map<string, Uint8Array>): Promise<boolean> {
    let hasWorked = false
    for (const { spec } of entries) {
      if (!('password' in spec) || spec.password === undefined) continue
      if (secrets.has(spec.address) || !this.isNew(spec.address)) continue
      secrets.set(spec.address, await this.target.credentials.make(spec.password, this.guidOf(spec.address)))
      hasWorked = true
    }
    return hasWorked
  }

  private isNew(address: string): boolean {
    return this.target.directory.entryByAddress(address) === undefined && this.marks.entry(address) === undefined
  }

  /** Ids are derived from the world's name and the address, so that the same world is the same everywhere. */
  private scopeOf(address: string): string {
    return `${this.world.name}/${address.toLowerCase()}`
  }

  private guidOf(address: string): string {
    return derivedGuid(`${this.scopeOf(address)}/object`)
  }

  private creationOf({ kind, spec }: WorldEntry): MailboxCreation {
    const culture = 'locale' in spec ? (spec.culture ?? spec.locale) : 'culture' in spec ? spec.culture : undefined
    return {
      localeId: localeIdOf(culture ?? DEFAULT_CULTURE),
      replicaGuid: derivedGuid(`${this.scopeOf(spec.address)}/replica`),
      storeKind: kind === 'publicFolderMailbox' ? 'public' : 'private',
      now: Date.parse(this.world.now)
    }
  }

  private async addMissing(entries: readonly WorldEntry[], secrets: ReadonlyMap<string, Uint8Array>): Promise<void> {
    const { directory } = this.target
    const missing = entries.filter(({ kind, spec }) => {
      if (!this.isNew(spec.address)) return false
      const other = kind === 'publicFolderMailbox' ? directory.publicFolderMailbox() : undefined
      if (other !== undefined)
        this.report.keep(spec.address, 'mailbox of public folders', `is ${other.address} already`)
      return other === undefined
    })
    const fresh = new Map(missing.map(({ spec }) => [spec.address.toLowerCase(), this.guidOf(spec.address)]))
    const guidOf = (address: string): string | undefined =>
      directory.entryByAddress(address)?.guid ?? fresh.get(address.toLowerCase())
    const fields = new Map(missing.map(entry => [entry.spec.address.toLowerCase(), this.withFreeNames(entry)]))
    const specs = missing.map(entry =>
      this.specOf(entry, fields.get(entry.spec.address.toLowerCase())!, guidOf, secrets.get(entry.spec.address))
    )
    if (specs.length === 0) return
    await directory.addAll(specs, (batch, made) => {
      const entry = this.entries.get(made.address)!
      this.marks.putEntry(batch, made.address, markOf(made, fields.get(made.address)!))
      this.added.add(made.guid)
      if (isPrincipal(made)) this.lifecycle.noteCreation(batch, made.mailboxNumber, this.creationOf(entry))
    })
    this.report.added.entries += specs.length
  }

  private specOf(
    { kind, spec }: WorldEntry,
    fields: EntryFields,
    guidOf: (address: string) => string | undefined,
    secret: Uint8Array | undefined
  ): EntrySpec {
    const { directory } = this.target
    const scope = this.scopeOf(spec.address)
    const alias = spec.address.slice(0, spec.address.indexOf('@')).toLowerCase()
    const given = 'legacyDn' in spec ? spec.legacyDn : undefined
    const holder = given === undefined ? undefined : directory.entryByLegacyDn(given)
    if (holder !== undefined) this.report.keep(spec.address, 'legacyDn', `belongs to ${holder.address}`)
    const own = holder === undefined ? given : undefined
    const legacyDn = own ?? recipientDn(directory.organization.name, derivedGuid(`${scope}/dn`), alias)
    const links = (addresses: readonly string[] = []) => addresses.map(guidOf).filter(guid => guid !== undefined)
    const { manager, delegates, members, owners, ...others } = fields
    return {
      ...others,
      kind,
      address: spec.address,
      guid: this.guidOf(spec.address),
      mailboxGuid: derivedGuid(`${scope}/mailbox`),
      legacyDn,
      ...(secret && { secret }),
      manager: manager === null ? null : (guidOf(manager) ?? null),
      delegates: links(delegates),
      ...(members && { members: links(members) }),
      ...(owners && { owners: links(owners) })
    } as EntrySpec
  }

  /** Further names that somebody else has already are left out, and told. */
  private withFreeNames(entry: WorldEntry): EntryFields {
    const { directory } = this.target
    const { address } = entry.spec
    const fields = fieldsOfWorld(entry, this.world.files)
    const aliases = fields.aliases.filter(alias => {
      const owner = directory.entryByAddress(alias)
      if (owner !== undefined) this.report.keep(address, `alias ${alias}`, `belongs to ${owner.address}`)
      return owner === undefined
    })
    const proxyAddresses = fields.proxyAddresses.filter(proxy => {
      const [, dn] = dnsOf({ legacyDn: '', proxyAddresses: [proxy] })
      const owner = dn === undefined ? undefined : directory.entryByLegacyDn(dn)
      if (owner !== undefined) this.report.keep(address, `address ${proxy}`, `belongs to ${owner.address}`)
      return owner === undefined
    })
    return { ...fields, aliases, proxyAddresses }
  }

  /** An entry of the world that is there, or was. */
  private async meet(entry: WorldEntry): Promise<void> {
    const { directory } = this.target
    const { address } = entry.spec
    const mark = this.marks.entry(address)
    const current = directory.entryByAddress(address)
    if (current !== undefined && this.added.has(current.guid)) return
    if (current === undefined) {
      if (mark !== undefined) this.report.wasRemoved(address, 'entry')
      return
    }
    const isOwn = current.address === address.toLowerCase() && current.kind === entry.kind
    if (!isOwn) {
      this.report.keep(address, 'entry', `the address belongs to the ${current.kind} ${current.address}`)
      return
    }
    if (mark !== undefined && mark.guid !== current.guid) {
      this.report.keep(address, 'entry', 'was removed since, and somebody has made another one')
      return
    }
    await this.takeOver(entry, current, mark)
  }

  /**
   * Takes over what the world says now and did not say before, as long as the directory still says what the world said before.
   * An entry that was there before the world is somebody else's: nothing of it is taken over.
   */
  private async takeOver(entry: WorldEntry, current: DirectoryEntry, mark: EntryMark | undefined): Promise<void> {
    const { directory } = this.target
    const { address } = entry.spec
    const wanted = fieldsOfWorld(entry, this.world.files)
    const shall = digestsOf(wanted)
    const is = digestsOf(fieldsOfEntry(current, directory))
    if (mark === undefined || mark.isForeign === true) {
      for (const name of namesOf(shall, is)) {
        if (is[name] !== shall[name]) this.report.keep(address, name, 'was there before the world')
      }
      const foreign = { guid: current.guid, fields: {}, isForeign: true }
      if (mark === undefined) this.marks.commit(batch => this.marks.putEntry(batch, address, foreign))
      return
    }
    const last: Record<string, string> = { ...mark.fields }
    const applied = { ...last }
    const changed: string[] = []
    for (const name of namesOf(shall, is, last)) {
      const isOurs = is[name] === last[name]
      if (is[name] !== shall[name] && isOurs) changed.push(name)
      else if (is[name] !== shall[name]) this.report.keep(address, name, 'was changed since')
      if (is[name] === shall[name] || isOurs) settle(applied, name, shall[name])
    }
    const secret = await this.newSecret(entry, current, mark)
    if (secret !== undefined) applied[SECRET] = digestOf(secret)
    const change = changeOf(changed, wanted, current, other => directory.entryByAddress(other)?.guid)
    if (changed.length > 0 || secret !== undefined) {
      if (!(await this.change(current, { ...change, ...(secret && { secret }) }))) return
    }
    if (namesOf(applied, last).every(name => applied[name] === last[name]) && applied[SECRET] === last[SECRET]) return
    this.marks.commit(batch => this.marks.putEntry(batch, address, { guid: current.guid, fields: applied }))
  }

  /** Changes an entry of the directory; false, and told, when the directory refuses. */
  private async change(current: DirectoryEntry, change: EntryChange): Promise<boolean> {
    const { directory, mailboxes } = this.target
    try {
      const made = await directory.change(current.guid, change)
      this.report.updated.entries++
      if (isPrincipal(made)) mailboxes.ownerChanged(made.mailboxNumber)
      return true
    } catch (error) {
      if (!(error instanceof DirectoryError)) throw error
      this.report.keep(current.address, Object.keys(change).join(', '), error.message)
      return false
    }
  }

  /**
   * The secret of a password that the world has changed; undefined when it has not, or somebody else has. Passwords are compared
   * by the hash that is sealed in the secret: nothing that tells of a password is kept in a mark.
   */
  private async newSecret(
    { spec }: WorldEntry,
    current: DirectoryEntry,
    mark: EntryMark
  ): Promise<Uint8Array | undefined> {
    if (!('password' in spec) || spec.password === undefined || !isPrincipal(current)) return undefined
    const { credentials } = this.target
    const { guid, secret } = current
    const last = mark.fields[SECRET]
    const isOurs = secret === null ? last === undefined : last === digestOf(secret)
    const { ntHash, isReal } = credentials.ntHash({ guid, secret, disabled: false })
    const isSame = isReal && Buffer.compare(ntHash, ntowfv1(spec.password.normalize('NFC'))) === 0
    if (isSame) return undefined
    if (isOurs) return credentials.make(spec.password, guid)
    this.report.keep(spec.address, 'password', 'was changed since')
    return undefined
  }
}

function markOf(made: DirectoryEntry, applied: EntryFields): EntryMark {
  const fields = digestsOf(applied)
  if (isPrincipal(made) && made.secret !== null) fields[SECRET] = digestOf(made.secret)
  return { guid: made.guid, fields }
}

type Digests = Readonly<Record<string, string>>

/** Names of all fields that any of these has, but for the secret. */
function namesOf(...digests: readonly Digests[]): string[] {
  const names = new Set(digests.flatMap(of => Object.keys(of)))
  names.delete(SECRET)
  return [...names]
}

function settle(fields: Record<string, string>, name: string, digest: string | undefined): void {
  if (digest === undefined) delete fields[name]
  else fields[name] = digest
}
