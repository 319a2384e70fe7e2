import { StoreError } from '../../store/index.js'
import type { StoreFolder } from '../mailbox/folders/folder.js'
import type { FolderNode } from '../mailbox/folders/folder-node.js'
import { type SpecialFolderName, specialFid, specialFolders } from '../mailbox/folders/special-folders.js'
import type { MailboxCore } from '../mailbox/mailbox-core.js'
import type { ImportedMessage } from '../mailbox/messages/import-messages.js'
import { setPermissions } from '../mailbox/permissions/folder-permissions.js'
import type { PermissionSpec } from '../mailbox/permissions/permission-list.js'
import { FREE_BUSY_RIGHTS, permissionLevels, Right } from '../mailbox/permissions/rights.js'
import { setReplicas } from '../mailbox/public-store/replicas.js'
import { ErrorCode } from '../oxcdata/error-code.js'
import { MapiError } from '../oxcdata/map-error.js'
import { stringOf } from '../oxcdata/stored-string.js'
import { PidTagContainerClass } from '../oxprops/property-tags.generated.js'
import { toFiletime } from '../runtime.js'
import type { Threads } from './conversation.js'
import type { DraftContext } from './draft-context.js'
import { contextFor, writtenItems } from './folder-items.js'
import { type FolderTask, type MailboxTask, memberOf } from './folder-tasks.js'
import { type GeneratedList, generatedItems } from './generated-items.js'
import type { World } from './schema.js'
import { countsOf } from './schema-items.js'
import { rightBits } from './schema-values.js'
import { namesOf } from './world-entries.js'
import type { FolderMark, ItemsMark, WorldMarks } from './world-marks.js'
import type { ReportWriter } from './world-report.js'
import type { WorldTarget } from './world-target.js'

/** Brings the folders of a world and what lies in them into mailboxes, whoever may have them open. */
export class FolderApplier {
  private readonly time: bigint
  private done = 0

  constructor(
    private readonly world: World,
    private readonly target: WorldTarget,
    private readonly marks: WorldMarks,
    private readonly report: ReportWriter,
    private readonly threads: Threads,
    private readonly total: number
  ) {
    this.time = toFiletime(Date.parse(world.now))
  }

  async apply(mailbox: MailboxCore, task: MailboxTask): Promise<void> {
    for (const folder of task.folders) {
      const items = countItems(folder)
      try {
        await this.applyFolder(mailbox, task, folder)
      } catch (error) {
        if (!this.isGone(error, mailbox)) throw error
        this.report.wasRemoved(task.address, folder.path)
      }
      this.done += items
      this.tell(0)
    }
  }

  /** Folders of a mailbox that is not there any more. */
  skip({ folders }: MailboxTask): void {
    for (const folder of folders) this.done += countItems(folder)
    this.tell(0)
  }

  tell(more: number): void {
    this.target.onProgress?.({ done: this.done + more, total: this.total })
  }

  /** Whether somebody has removed the mailbox or the folder while its content was being written. */
  private isGone(error: unknown, { number }: MailboxCore): boolean {
    if (error instanceof MapiError) return GONE.includes(error.code)
    return (
      error instanceof StoreError &&
      error.kind === 'closed' &&
      this.target.directory.byMailboxNumber(number) === undefined
    )
  }

  private async applyFolder(mailbox: MailboxCore, { address, isPublic }: MailboxTask, task: FolderTask): Promise<void> {
    const found = await this.find(mailbox, address, isPublic, task)
    if (found === undefined) {
      this.report.wasRemoved(address, task.path)
      return
    }
    if (task.permissions.length > 0 || Object.keys(found.mark.rights).length > 0) {
      await this.applyPermissions(mailbox, address, task, found)
    }
    await this.applyItems(mailbox, found.node, address, isPublic, task)
    if (task.replicas !== undefined) await setReplicas(mailbox, found.node, task.replicas, { time: this.time })
  }

  /** The folder of a path, made when it is missing; undefined when the world had made it and somebody has removed it. */
  private async find(
    mailbox: MailboxCore,
    address: string,
    isPublic: boolean,
    task: FolderTask
  ): Promise<FoundFolder | undefined> {
    const mark = this.marks.folder(address, task.key)
    if (mark !== undefined) {
      const node = mailbox.tree.find(mark.fid)
      return node === undefined || mailbox.tree.isSoftDeleted(node) ? undefined : { node, mark, isNew: false }
    }
    const { folder, isNew } = await this.folderAt(mailbox, isPublic, task)
    if (isNew) this.report.added.folders++
    const fresh = { fid: folder.fid, rights: {} }
    this.marks.commit(batch => this.marks.putFolder(batch, address, task.key, fresh))
    return { node: folder.node, mark: fresh, isNew }
  }

  /** A well-known name first, then names below it (or below the IPM subtree). */
  private async folderAt(
    mailbox: MailboxCore,
    isPublic: boolean,
    { path, spec }: FolderTask
  ): Promise<{ folder: StoreFolder; isNew: boolean }> {
    const names = namesOf(path)
    const start = !isPublic && isSpecial(names[0]) ? (names.shift() as SpecialFolderName) : 'ipmSubtree'
    let folder = mailbox.openFolder(specialFid(start), {}, mailbox.owner)
    let isNew = false
    for (const [at, displayName] of names.entries()) {
      const isLast = at === names.length - 1
      const containerClass = isLast ? (spec.class ?? usualClass(spec)) : MAIL_CLASS
      const options = { type: 'generic', comment: '', openExisting: true, time: this.time } as const
      const made = await folder.createFolder({ ...options, displayName, containerClass }, mailbox.owner)
      folder = made.folder
      isNew = !made.existed
    }
    return { folder, isNew }
  }

  private async applyPermissions(
    mailbox: MailboxCore,
    address: string,
    task: FolderTask,
    { node, mark, isNew }: FoundFolder
  ): Promise<void> {
    const where = `${address} ${task.path}`
    const specs: PermissionSpec[] = []
    const rights: Record<string, number> = {}
    for (const { who, rights: given } of task.permissions) {
      const key = who.toLowerCase()
      const member = memberOf(this.target.directory, key)
      if (member === undefined) {
        this.report.wasRemoved(where, `rights of ${who}`)
        continue
      }
      const shall = withFreeBusy(node, given, rightBits(given))
      const is = node.permissions.find(member)?.rights
      const isOurs = is === mark.rights[key] || (mark.rights[key] === undefined && (isNew || isUntouched(is, member)))
      if (is !== shall && isOurs) specs.push({ who: member, rights: shall })
      if (is === shall || isOurs) rights[key] = shall
      else {
        this.report.keep(where, `rights of ${who}`, 'were changed since')
        if (mark.rights[key] !== undefined) rights[key] = mark.rights[key]
      }
    }
    const removed = this.takenBack(node, mark, task)
    if (specs.length > 0 || removed.size > 0) {
      await setPermissions(mailbox, node, specs, { time: this.time, removed })
      this.report.added.permissions += specs.length
    }
    if (JSON.stringify(rights) === JSON.stringify(mark.rights)) return
    this.marks.commit(batch => this.marks.putFolder(batch, address, task.key, { fid: mark.fid, rights }))
  }

  /** Member ids of those to whom the world gave rights and does not any more, and nobody else has changed them since. */
  private takenBack(node: FolderNode, mark: FolderMark, task: FolderTask): Set<number> {
    const named = new Set(task.permissions.map(({ who }) => who.toLowerCase()))
    const members = new Set<number>()
    for (const [key, last] of Object.entries(mark.rights)) {
      const member = named.has(key) ? undefined : memberOf(this.target.directory, key)
      const row = typeof member === 'object' ? node.permissions.find(member) : undefined
      if (row?.rights === last) members.add(row.memberId)
    }
    return members
  }

  private async applyItems(
    mailbox: MailboxCore,
    node: FolderNode,
    address: string,
    isPublic: boolean,
    task: FolderTask
  ): Promise<void> {
    if (countItems(task) === 0) return
    const scope = `${this.world.name}/${address.toLowerCase()}/${task.key}`
    const state: ItemsState = { mark: this.marks.items(address, task.key), address, key: task.key }
    const written = writtenItems(task, scope, this.world.files)
    const known = new Set(state.mark.written)
    const missing = written.filter(({ digest }) => !known.has(digest))
    const isSent = !isPublic && node.fid === specialFid('sentItems')
    const lists = generatedItems(this.world, task, mailbox, { scope, isSent })
    const isComplete = missing.length === 0 && lists.every(list => list.count <= (state.mark.generated[list.key] ?? 0))
    if (isComplete) return
    const context = await contextFor(this.world, this.target, this.threads, mailbox, task)
    let done = written.length - missing.length
    this.tell(done)
    if (missing.length > 0) {
      const drafts = (function* () {
        for (const item of missing) yield item.draft(context)
      })()
      const before = state.mark
      await this.import(mailbox, node, drafts, state, done, imported => ({
        ...before,
        written: [...known, ...missing.slice(0, imported).map(({ digest }) => digest)]
      }))
    }
    done = written.length
    for (const list of lists) done = await this.applyGenerated(mailbox, node, list, context, done, state)
  }

  private async applyGenerated(
    mailbox: MailboxCore,
    node: FolderNode,
    list: GeneratedList,
    context: DraftContext,
    done: number,
    state: ItemsState
  ): Promise<number> {
    const from = state.mark.generated[list.key] ?? 0
    const after = list.isCounted ? done + list.count : done
    if (from >= list.count) return after
    const folder = list.fid === undefined ? node : mailbox.demandNode(list.fid, ErrorCode.ecNotFound)
    const { drafts, reached } = list.open(mailbox, folder.fid, context, from)
    const before = state.mark
    const markAt = (number: number): ItemsMark => ({
      ...before,
      generated: { ...before.generated, [list.key]: number }
    })
    const stands = list.isCounted ? done + from : undefined
    await this.import(mailbox, folder, drafts, state, stands, imported => markAt(reached(imported)))
    if ((state.mark.generated[list.key] ?? 0) < list.count) {
      state.mark = markAt(list.count)
      this.marks.commit(batch => this.marks.putItems(batch, state.address, state.key, state.mark))
    }
    return after
  }

  /** Writes items; how far it came is in the batch of each turn. `done` is where progress stands before, if they count. */
  private async import(
    mailbox: MailboxCore,
    { fid }: FolderNode,
    drafts: Iterable<ImportedMessage>,
    state: ItemsState,
    done: number | undefined,
    markAfter: (imported: number) => ItemsMark
  ): Promise<void> {
    this.report.added.items += await mailbox.importMessages(fid, drafts, {
      time: this.time,
      onProgress: imported => done !== undefined && this.tell(done + imported),
      also: (batch, imported) => {
        const mark = markAfter(imported)
        this.marks.putItems(batch, state.address, state.key, mark)
        batch.whenCommitted(() => {
          state.mark = mark
        })
      }
    })
  }
}

interface FoundFolder {
  readonly node: FolderNode
  readonly mark: FolderMark
  readonly isNew: boolean
}

/** What of a folder's content has been brought in so far. */
interface ItemsState {
  mark: ItemsMark
  readonly address: string
  readonly key: string
}

const MAIL_CLASS = 'IPF.Note'
const GONE: readonly number[] = [ErrorCode.ecNotFound, ErrorCode.ecObjectDeleted]

/** The container class of a folder by what the world puts into it. */
function usualClass({ appointments, contacts, tasks, notes, generate }: FolderTask['spec']): string {
  const made = countsOf(generate)
  if (appointments.length > 0 || made.appointments > 0) return 'IPF.Appointment'
  if (contacts.length > 0 || made.contacts > 0) return 'IPF.Contact'
  if (tasks.length > 0 || made.tasks > 0) return 'IPF.Task'
  return notes.length > 0 ? 'IPF.StickyNote' : MAIL_CLASS
}

function isSpecial(name: string): name is SpecialFolderName {
  return Object.hasOwn(specialFolders, name)
}

type Member = NonNullable<ReturnType<typeof memberOf>>

/** Whether rights are such as a folder has before anybody has given any. */
function isUntouched(rights: number | undefined, member: Member): boolean {
  if (typeof member === 'object') return rights === undefined
  return rights === 0 || rights === permissionLevels.freeBusySimple || rights === permissionLevels.author
}

/** Who may read a calendar sees when its owner is busy, too; a level says so without words. */
function withFreeBusy(node: FolderNode, given: unknown, bits: number): number {
  const containerClass = node.bag.get(PidTagContainerClass)
  const isCalendar = containerClass !== undefined && stringOf(containerClass).startsWith('IPF.Appointment')
  return typeof given === 'string' && isCalendar && (bits & Right.readAny) !== 0 ? bits | FREE_BUSY_RIGHTS : bits
}

/** Items that a world has for a folder. */
export function countItems({ spec }: Pick<FolderTask, 'spec'>): number {
  const { messages, appointments, contacts, tasks, notes, generate } = spec
  const written = messages.length + appointments.length + contacts.length + tasks.length + notes.length
  return Object.values(countsOf(generate)).reduce((sum, count) => sum + count, written)
}
