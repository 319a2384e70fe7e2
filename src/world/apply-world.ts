import type { Store } from '../../store/index.js'
import { DirectoryError, type Principal } from '../directory/index.js'
import { systemRuntime } from '../runtime.js'
import { applyAddressLists } from './apply-address-lists.js'
import { EntryApplier } from './apply-entries.js'
import { countItems, FolderApplier } from './apply-folders.js'
import { digestOf } from './canonical.js'
import { checkWorld } from './check-world.js'
import { Threads } from './conversation.js'
import { type MailboxTask, mailboxTasks } from './folder-tasks.js'
import type { World } from './schema.js'
import { WorldError } from './world-error.js'
import { WorldMarks } from './world-marks.js'
import { ReportWriter, type WorldReport } from './world-report.js'
import type { WorldTarget } from './world-target.js'

export { hasWorld, personalityOfWorlds } from './world-marks.js'
export type { WorldReport } from './world-report.js'
export type { WorldProgress, WorldTarget } from './world-target.js'

/** Mailboxes that are made together, so that they wait for the disk together. */
const MADE_AT_ONCE = 16

/** Worlds are applied to a store one after the other. */
const underWay = new WeakMap<Store, Promise<unknown>>()

/**
 * Brings a world into the store: entries of the directory, mailboxes, folders, items. What is there already stays as it is: only
 * what the world has changed since it was applied last is taken over, and only where nobody else has changed it; what somebody
 * has removed does not come back. May run while a server serves from the same mailboxes; an application that was broken off
 * is taken up again where it stopped. Throws WorldError for a world that makes no sense, StoreError when the store fails.
 */
export function applyWorld(world: World, target: WorldTarget): Promise<WorldReport> {
  const { store } = target.objects
  const before = underWay.get(store) ?? Promise.resolve()
  const work = before.then(() => new WorldApplication(world, target).run())
  underWay.set(
    store,
    work.catch(() => {})
  )
  return work
}

class WorldApplication {
  private readonly marks: WorldMarks
  private readonly report = new ReportWriter()

  constructor(
    private readonly world: World,
    private readonly target: WorldTarget
  ) {
    this.marks = new WorldMarks(target.objects.store, world.name)
  }

  async run(): Promise<WorldReport> {
    const { world, marks, report, target } = this
    const problems = checkWorld(world)
    if (problems.length > 0)
      throw new WorldError(problems.map(({ path, message }) => ({ path: path.map(String).join('.'), message })))
    const digest = digestOfWorld(world)
    const head = marks.head()
    // The first form of the mark had no digest: it did not say either how the folders were left.
    const isKnown = head?.state === 'done' && (head.digest === undefined || head.digest === digest)
    if (isKnown) return report.finish(world.name, 0, true)
    const began = systemRuntime.monotonic()
    marks.commit(batch => {
      marks.putHead(batch, { state: 'begun' })
      if (world.personality !== undefined) marks.putPersonality(batch, world.personality)
    })
    try {
      await this.apply()
    } catch (error) {
      // The directory knows rules that a world cannot check beforehand, about what is in it already.
      if (error instanceof DirectoryError) throw new WorldError([{ path: '', message: error.message }])
      throw error
    }
    const done = marks.commit(batch => marks.putHead(batch, { state: 'done', digest }))
    await target.objects.store.whenDurable(done)
    const result = report.finish(world.name, (systemRuntime.monotonic() - began) / 1000)
    const { added, updated, kept, removed, seconds } = result
    const notes = { kept: kept.length, removed: removed.length }
    target.log.info('world.applied', { world: world.name, added, updated, ...notes, seconds })
    return result
  }

  private async apply(): Promise<void> {
    const { world, marks, report, target } = this
    const { directory } = target
    const { name } = directory.organization
    if (name !== world.organization) report.keep('organization', world.organization, `is ${name} already`)
    await applyAddressLists(world, directory, marks, report)
    const entries = new EntryApplier(world, target, marks, report)
    await entries.apply()
    const tasks = [...mailboxTasks(world)]
    const total = tasks.flatMap(({ folders }) => folders).reduce((sum, folder) => sum + countItems(folder), 0)
    const folders = new FolderApplier(world, target, marks, report, new Threads(world), total)
    folders.tell(0)
    for (let at = 0; at < tasks.length; at += MADE_AT_ONCE) {
      const some = tasks.slice(at, at + MADE_AT_ONCE)
      await Promise.all(some.map(task => this.demandMailbox(task, entries)))
      for (const task of some) await this.fill(task, folders)
    }
  }

  private principalOf({ isPublic, address }: MailboxTask): Principal | undefined {
    const { directory } = this.target
    return isPublic ? directory.publicFolderMailbox() : directory.byAddress(address)
  }

  private async demandMailbox(task: MailboxTask, entries: EntryApplier): Promise<void> {
    const principal = this.principalOf(task)
    if (principal !== undefined) await entries.demandMailbox(principal)
  }

  private async fill(task: MailboxTask, folders: FolderApplier): Promise<void> {
    const { mailboxes, isAlone } = this.target
    const number = this.principalOf(task)?.mailboxNumber
    const mailbox = number === undefined ? undefined : await mailboxes.open(number)
    if (mailbox === undefined) folders.skip(task)
    else await folders.apply(mailbox, task)
    if (isAlone === true && number !== undefined) mailboxes.close(number)
  }
}

function digestOfWorld({ files, ...world }: World): string {
  const contents = [...(files ?? [])].flat()
  return digestOf(JSON.stringify(world), ...contents)
}
