import {
  type Directory,
  type DirectoryEntry,
  DirectoryError,
  type EntryChange,
  type EntryKind,
  type EntrySpec,
  isPrincipal,
  noLimits,
  type Principal
} from '../../directory/index.js'
import type { Emsmdb } from '../../emsmdb/index.js'
import { type Log, silentLog } from '../../log.js'
import type { MailboxCreation, MailboxLifecycle } from '../../mailbox/mailbox-lifecycle.js'
import type { Mailboxes } from '../../mailbox/mailboxes.js'
import { TimeSlice } from '../../mailbox/time-slice.js'
import { newGuid, type Runtime } from '../../runtime.js'
import { AdministrationError } from './administration-error.js'
import { changedAttributes } from './attribute-values.js'
import { EntryLinks } from './entry-links.js'
import type { EntryChangeBody, EntryView, NewEntry, NewUser, UserChange, UserView } from './entry-schema.js'
import { viewEntry, viewUser } from './entry-view.js'
import type { UserAdministration } from './user-administration.js'

export interface AdministrationOptions {
  readonly directory: Directory
  readonly mailboxes: Pick<Mailboxes, 'ownerChanged'>
  readonly lifecycle: MailboxLifecycle
  readonly runtime: Runtime
  /** What is kept of a password, for the entry with this GUID. */
  seal(password: string, guid: string): Promise<Uint8Array>
  /** The language id of a locale such as `de-DE`; undefined for one that mailboxes cannot have. */
  localeIdOf(locale: string): number | undefined
  /** Absent where no server runs. */
  readonly sessions?: Pick<Emsmdb, 'endSessions'>
  readonly log?: Log
}

/** What a list shall show. */
export interface EntryQuery {
  readonly kinds?: readonly EntryKind[]
  /** Part of the display name or an address, compared without case. */
  readonly text?: string
  readonly domain?: string
  /** Entries behind the one with this number. */
  readonly after?: number
  readonly limit: number
}

export interface EntryPage {
  readonly entries: DirectoryEntry[]
  /** Entries that the query finds, whatever its limit. */
  readonly count: number
  /** Number to go on behind; undefined at the end. */
  readonly next: number | undefined
}

const DEFAULT_LOCALE = 'en-US'

/** Fields of bodies that are called otherwise in the directory. */
const FIELD_NAMES: Readonly<Record<string, string>> = { name: 'displayName', opens: 'fullAccess', password: 'secret' }

/**
 * Everything that an administrator does to the directory and to mailboxes as a whole. Changes are made one after the other.
 * The admin API, the command line without a server, and programs that run a server all come through here.
 */
export class Administration implements UserAdministration {
  private last: Promise<unknown> = Promise.resolve()
  private readonly log: Log

  constructor(private readonly options: AdministrationOptions) {
    this.log = options.log ?? silentLog
  }

  async users(): Promise<UserView[]> {
    const { directory } = this.options
    return directory.principals().map(user => viewUser(directory, user, false))
  }

  async user(address: string): Promise<UserView> {
    return viewUser(this.options.directory, this.demandUser(address))
  }

  addUser(user: NewUser): Promise<UserView> {
    return this.addEntry({ ...user, kind: user.kind ?? 'user' }) as Promise<UserView>
  }

  async changeUser(address: string, change: UserChange): Promise<UserView> {
    return (await this.inTurn(() => this.change(this.demandUser(address), change))) as UserView
  }

  removeUser(address: string): Promise<void> {
    return this.inTurn(() => this.remove(this.demandUser(address)))
  }

  /** Entries of the directory in the order in which they were added; looking through many lets others in between. */
  async list({ kinds, text, domain, after = 0, limit }: EntryQuery): Promise<EntryPage> {
    const { directory, runtime } = this.options
    const wanted = text?.toLowerCase()
    const ofDomain = domain?.toLowerCase()
    const slice = new TimeSlice(runtime)
    const page: DirectoryEntry[] = []
    let count = 0
    let isMore = false
    for (const entry of directory.entries()) {
      if (slice.isDue) await slice.pause()
      if (kinds !== undefined && !kinds.includes(entry.kind)) continue
      if (ofDomain !== undefined && entry.domain !== ofDomain) continue
      if (wanted !== undefined && !mentions(entry, wanted)) continue
      count++
      if (entry.id <= after) continue
      if (page.length < limit) page.push(entry)
      else isMore = true
    }
    return { entries: page, count, next: isMore ? page.at(-1)?.id : undefined }
  }

  /** An entry as lists show it: without attributes that are bytes. */
  viewRow(entry: DirectoryEntry): EntryView {
    return viewEntry(this.options.directory, entry, false)
  }

  private view(entry: DirectoryEntry): EntryView {
    return viewEntry(this.options.directory, entry)
  }

  /** An entry by address or GUID, as JSON shows it. */
  async entry(name: string): Promise<EntryView> {
    return this.view(this.demandEntry(name))
  }

  /** Adds an entry of any kind, with a mailbox where its kind has one. */
  addEntry(body: NewEntry): Promise<EntryView> {
    return this.inTurn(() => this.add(body))
  }

  changeEntry(name: string, change: EntryChangeBody): Promise<EntryView> {
    return this.inTurn(() => this.change(this.demandEntry(name), change))
  }

  removeEntry(name: string): Promise<void> {
    return this.inTurn(() => this.remove(this.demandEntry(name)))
  }

  private async add(body: NewEntry): Promise<EntryView> {
    const { directory, lifecycle, runtime, seal } = this.options
    const guid = newGuid(runtime)
    const { spec, creation } = this.specOf(body, guid)
    if ('password' in body && body.password !== undefined && isMailboxSpec(spec)) {
      spec.secret = await seal(body.password, guid)
    }
    const entry = await named(() =>
      directory.add(spec, (batch, { id }) => {
        if (creation !== undefined) lifecycle.noteCreation(batch, id, creation)
      })
    )
    if (creation !== undefined) await lifecycle.create(entry.id, entry, creation)
    this.log.info('admin.entry-added', { kind: entry.kind, address: entry.address })
    return this.view(entry)
  }

  /** What the directory makes of a body; `creation` where a mailbox belongs to it. */
  private specOf(
    body: NewEntry,
    guid: string
  ): { spec: EntrySpec & { secret?: Uint8Array }; creation?: MailboxCreation } {
    const { directory, localeIdOf } = this.options
    const links = new EntryLinks(directory)
    links.demandFree('address', body.address)
    links.demandNames(body)
    body.aliases?.forEach((alias, at) => void links.demandFree(`aliases.${at}`, alias))
    const common = {
      guid,
      address: body.address,
      displayName: body.name ?? body.address,
      ...picked(body, ['aliases', 'proxyAddresses', 'hidden']),
      manager: links.manager(body.manager),
      delegates: links.guids('delegates', body.delegates),
      attributes: changedAttributes({}, body.attributes ?? {}, links.problems)
    }
    switch (body.kind) {
      case 'contact':
        links.done()
        return { spec: { ...common, kind: 'contact' } }
      case 'group': {
        const members = links.guids('members', body.members)
        const owners = links.guids('owners', body.owners)
        links.done()
        return { spec: { ...common, kind: 'group', members, owners, isRoomList: body.isRoomList } }
      }
      case 'dynamicGroup': {
        const owners = links.guids('owners', body.owners)
        links.done()
        return { spec: { ...common, kind: 'dynamicGroup', filter: body.filter, owners } }
      }
      case 'publicFolder':
        links.done()
        return { spec: { ...common, kind: 'publicFolder', path: body.path } }
      default: {
        const locale = body.locale ?? DEFAULT_LOCALE
        const localeId = localeIdOf(locale)
        if (localeId === undefined) links.problems.push({ path: 'locale', message: `mailboxes cannot have ${locale}` })
        const fullAccess = links.mailboxes('opens', body.opens)
        links.done()
        this.demandOnlyPublicStore(body.kind)
        const displayName = body.name ?? body.address.slice(0, body.address.indexOf('@'))
        const { kind, roles, disabled, homeServer } = body
        const limits = { ...noLimits, ...body.limits }
        const storeKind = kind === 'publicFolderMailbox' ? 'public' : 'private'
        const creation = { localeId: localeId ?? 0, storeKind } as const
        return { spec: { ...common, kind, displayName, roles, disabled, fullAccess, limits, homeServer }, creation }
      }
    }
  }

  private demandOnlyPublicStore(kind: EntryKind): void {
    const other = kind === 'publicFolderMailbox' ? this.options.directory.publicFolderMailbox() : undefined
    if (other === undefined) return
    throw new AdministrationError('conflict', 'The organization has its public folder mailbox already.', [
      { path: 'kind', message: `${other.address} holds the public folders` }
    ])
  }

  private async change(found: DirectoryEntry, body: EntryChangeBody): Promise<EntryView> {
    const { directory, mailboxes, seal } = this.options
    demandFields(found, body)
    const secret = body.password == null ? body.password : await seal(body.password, found.guid)
    // The hash took a while; who was removed meanwhile is not changed.
    const before = directory.entryByGuid(found.guid)
    if (before === undefined) throw notFound(found.address)
    const links = new EntryLinks(directory)
    links.demandNames(body)
    body.aliases?.forEach((alias, at) => void links.demandFree(`aliases.${at}`, alias, before))
    const change: EntryChange = defined({
      ...picked(body, [
        'aliases',
        'proxyAddresses',
        'hidden',
        'roles',
        'disabled',
        'homeServer',
        'isRoomList',
        'filter',
        'path'
      ]),
      displayName: body.name,
      manager: links.manager(body.manager),
      delegates: links.guids('delegates', body.delegates),
      members: links.guids('members', body.members),
      owners: links.guids('owners', body.owners),
      fullAccess: links.mailboxes('opens', body.opens),
      attributes: body.attributes && changedAttributes(before.attributes, body.attributes, links.problems),
      limits: body.limits && isPrincipal(before) ? { ...before.limits, ...defined(body.limits) } : undefined,
      secret
    })
    links.done()
    const changing = named(() => directory.change(before.guid, change))
    if (isPrincipal(before) && change.homeServer !== undefined) this.endSessions(before, true)
    else if (isPrincipal(before) && losesRights(before, change)) this.endSessions(before, false)
    const after = await changing
    mailboxes.ownerChanged(after.id)
    this.log.info('admin.entry-changed', { address: after.address, fields: Object.keys(body) })
    return this.view(after)
  }

  private async remove(entry: DirectoryEntry): Promise<void> {
    const { directory, lifecycle } = this.options
    if (entry.kind === 'publicFolderMailbox') this.demandNoPublicFolders()
    const removing = named(() =>
      directory.remove(entry.guid, (batch, { id }) => {
        if (isPrincipal(entry)) lifecycle.noteRemoval(batch, id, entry)
      })
    )
    if (isPrincipal(entry)) this.endSessions(entry, true)
    await removing
    this.log.info('admin.entry-removed', { kind: entry.kind, address: entry.address })
    if (!isPrincipal(entry)) return
    lifecycle.remove(entry.mailboxNumber, entry).catch(error => {
      this.log.error('mailbox.removal-failed', { mailbox: entry.mailboxNumber, error })
    })
  }

  private demandNoPublicFolders(): void {
    const folder = this.options.directory.entries().find(({ kind }) => kind === 'publicFolder')
    if (folder === undefined) return
    throw new AdministrationError(
      'conflict',
      `Remove the mail-enabled public folders first: ${folder.address} would lead nowhere.`
    )
  }

  /** Ends the sessions of a principal; with `all` also those that others have in its mailbox. */
  private endSessions(user: Principal, all: boolean): void {
    const ended = this.options.sessions?.endSessions('administrator', session => {
      if (session.actor.guid === user.guid) return true
      return all && session.logons.some(logon => logon?.mailbox.number === user.mailboxNumber)
    })
    if (ended instanceof Promise) ended.catch(error => this.log.error('admin.session-end-failed', { error }))
  }

  private demandEntry(name: string): DirectoryEntry {
    const { directory } = this.options
    const entry = name.includes('@') ? directory.entryByAddress(name) : directory.entryByGuid(name)
    if (entry === undefined) throw notFound(name)
    return entry
  }

  private demandUser(address: string): Principal {
    const { directory } = this.options
    const user = directory.byAddress(address) ?? directory.byGuid(address)
    if (user === undefined) throw notFound(address)
    return user
  }

  private inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.last.then(work)
    this.last = turn.catch(() => {})
    return turn
  }
}

function notFound(name: string): AdministrationError {
  return new AdministrationError('notFound', `The directory has no ${name}.`)
}

/** What the directory still refuses: two changes that met, or a name that only it looks at. */
async function named<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (!(error instanceof DirectoryError)) throw error
    throw new AdministrationError('conflict', `The directory refuses it: ${error.message}.`)
  }
}

function mentions(entry: DirectoryEntry, text: string): boolean {
  return (
    entry.displayName.toLowerCase().includes(text) ||
    entry.address.includes(text) ||
    entry.aliases.some(alias => alias.includes(text))
  )
}

function demandFields(entry: DirectoryEntry, body: EntryChangeBody): void {
  const wrong = Object.keys(body).filter(field => !Object.hasOwn(entry, FIELD_NAMES[field] ?? field))
  if (wrong.length === 0) return
  const problems = wrong.map(path => ({ path, message: `a ${entry.kind} has no such field` }))
  throw new AdministrationError('invalid', `${entry.address} is a ${entry.kind}.`, problems)
}

/** Sessions know their principal as it was when they began: who may do less from now on begins anew. */
function losesRights(before: Principal, { disabled, fullAccess, roles }: EntryChange): boolean {
  if (disabled === true) return true
  if (fullAccess !== undefined && before.fullAccess.some(address => !fullAccess.includes(address))) return true
  return roles !== undefined && before.roles.some(role => !roles.includes(role))
}

function isMailboxSpec(spec: EntrySpec): spec is Extract<EntrySpec, { secret?: unknown }> {
  return !['contact', 'group', 'dynamicGroup', 'publicFolder'].includes(spec.kind ?? 'user')
}

function picked<T extends object, const K extends string>(from: T, fields: readonly K[]): Pick<T, K & keyof T> {
  const entries = fields.map(field => [field, from[field as unknown as keyof T]])
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined)) as Pick<T, K & keyof T>
}

function defined<T extends object>(value: T): T {
  return Object.fromEntries(Object.entries(value).filter(([, field]) => field !== undefined)) as T
}
