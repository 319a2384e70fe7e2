import { Batch, deleteRange, keys, rangeOf, rangeOfMailbox, SERVER_MAILBOX } from '../../store/index.js'
import type { ObjectStore } from '../../store/open-store.js'
import { type Log, silentLog } from '../log.js'
import type { Actor } from './domain.js'
import type { MailboxCore } from './mailbox-core.js'
import type { CreateMailbox, Mailboxes } from './mailboxes.js'

/** How a mailbox is to be made. */
export type MailboxCreation = Pick<CreateMailbox, 'localeId' | 'replicaGuid' | 'storeKind' | 'now'>

/** What was decided about a mailbox and is not done yet. */
export type MailboxIntent = ({ readonly kind: 'creation' } & MailboxCreation) | Removal

/** `guid` is the owner's; what was begun before it was kept names none. */
interface Removal {
  readonly kind: 'removal'
  readonly guid?: string
}

export interface MailboxLifecycleOptions {
  readonly objects: ObjectStore
  readonly mailboxes: Mailboxes
  /** The owner of a mailbox, by its number. */
  ownerOf(number: number): Actor | undefined
  /** Numbers of the mailboxes that hold public folders: what an owner has read there goes with him. */
  publicStores?(): readonly number[]
  readonly log?: Log
}

const PREFIX = 'mailbox-intent:'

/** A number alone is the locale. */
function creationOf(how: number | MailboxCreation): MailboxCreation {
  return typeof how === 'number' ? { localeId: how } : how
}

function intentKey(number: number): Uint8Array {
  return keys.setting.of(SERVER_MAILBOX, `${PREFIX}${number}`)
}

/** Mailboxes whose creation or removal was decided and is not done: nothing can be said of their keys. */
export async function mailboxIntents({ store }: Pick<ObjectStore, 'store'>): Promise<Map<number, MailboxIntent>> {
  const intents = new Map<number, MailboxIntent>()
  // Of the settings only those: what worlds remember may be many thousands.
  for await (const page of store.pages(rangeOf(keys.setting.of(SERVER_MAILBOX, PREFIX)))) {
    for (const { key, value } of page) {
      const { name } = keys.setting.parse(key)
      intents.set(Number(name.slice(PREFIX.length)), JSON.parse(Buffer.from(value).toString('utf8')) as MailboxIntent)
    }
  }
  return intents
}

/**
 * Makes and removes mailboxes so that a crash at any moment leaves neither an owner without a mailbox nor a mailbox without
 * an owner. The batch that puts the owner into the directory, or takes him out, holds an intent; the intent is deleted when
 * the mailbox is made, or the last of its keys is gone, and the next start goes on with those that it finds.
 */
export class MailboxLifecycle {
  private isStopping = false
  private readonly underWay = new Set<Promise<void>>()

  constructor(private readonly options: MailboxLifecycleOptions) {}

  /** Into the batch that adds the owner. `create` follows. */
  noteCreation(batch: Batch, number: number, how: number | MailboxCreation): void {
    const intent: MailboxIntent = { kind: 'creation', ...creationOf(how) }
    batch.put(intentKey(number), Buffer.from(JSON.stringify(intent)))
  }

  /** Into the batch that removes the owner. `remove` follows when that batch is on disk. */
  noteRemoval(batch: Batch, number: number, { guid }: Pick<Actor, 'guid'>): void {
    batch.put(intentKey(number), Buffer.from(JSON.stringify({ kind: 'removal', guid } satisfies MailboxIntent)))
  }

  /** Makes the mailbox of an owner who was added; resolves when it is on disk. */
  async create(
    number: number,
    owner: Actor & { mailboxGuid?: string },
    how: number | MailboxCreation
  ): Promise<MailboxCore> {
    const { objects, mailboxes } = this.options
    const { store } = objects
    const guid = owner.mailboxGuid
    const mailbox =
      (await mailboxes.open(number)) ??
      (await mailboxes.create({ number, owner, ...creationOf(how), ...(guid && { guid }) }))
    await store.whenDurable(store.commit(new Batch().delete(intentKey(number))))
    return mailbox
  }

  /**
   * Closes a mailbox whose owner is gone and deletes all that it held, and what is kept of the owner in public folders, in batches of
   * bounded size that let others in between.
   * Resolves when it is done, or when the server stops before: then the next start goes on.
   */
  remove(number: number, owner: { guid?: string | undefined }): Promise<void> {
    const work = this.delete(number, owner.guid)
    this.underWay.add(work)
    return work.finally(() => this.underWay.delete(work))
  }

  private async delete(number: number, guid: string | undefined): Promise<void> {
    const { objects, mailboxes, log = silentLog } = this.options
    const { store } = objects
    await mailboxes.retire(number)
    const deleted = await deleteRange(store, rangeOfMailbox(number), undefined, () => !this.isStopping)
    if (guid !== undefined) await this.forget(guid)
    if (this.isStopping) return
    await store.whenDurable(store.commit(new Batch().delete(intentKey(number))))
    log.info('mailbox.removed', { mailbox: number, keys: deleted })
  }

  /** Removes what somebody has read in public folders; resolves when it is on disk. */
  private async forget(guid: string): Promise<void> {
    const { mailboxes, publicStores } = this.options
    for (const number of publicStores?.() ?? []) {
      const store = await mailboxes.find(number)
      await store?.readStates?.removeReader(guid, () => !this.isStopping)
      await store?.durable()
    }
  }

  /** Goes on with what the last run of the server began: resolves when all mailboxes are made; removals go on behind. */
  async resume(): Promise<void> {
    const { log = silentLog, objects, ownerOf } = this.options
    for (const [number, intent] of await mailboxIntents(objects)) {
      if (intent.kind === 'removal') {
        this.remove(number, intent).catch(error => log.error('mailbox.removal-failed', { mailbox: number, error }))
        continue
      }
      const owner = ownerOf(number)
      const { kind: _, ...how } = intent
      if (owner !== undefined) await this.create(number, owner, how)
    }
  }

  /** Resolves when no removal is under way. */
  async whenIdle(): Promise<void> {
    while (this.underWay.size > 0) await Promise.allSettled(this.underWay)
  }

  /** Lets removals end after the batch at hand. */
  async stop(): Promise<void> {
    this.isStopping = true
    await this.whenIdle()
  }
}
