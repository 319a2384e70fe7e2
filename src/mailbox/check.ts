import { expandRuns, readBlobHead } from '../../store/blob-head.js'
import { keys, mailboxNumbers, type ObjectStore, SERVER_MAILBOX } from '../../store/index.js'
import { readIdset } from '../ics/idset.js'
import { globcntOf, type LongTermId, type Mid, makeId } from '../oxcdata/ids.js'
import type { FolderCounters, FolderNode } from './folders/folder-node.js'
import { freshCounters } from './folders/folder-node.js'
import type { MailboxCore } from './mailbox-core.js'
import { mailboxIntents } from './mailbox-lifecycle.js'
import { CHANGE_LINE, OBJECT_LINE } from './mailbox-turn.js'
import type { Mailboxes } from './mailboxes.js'
import { countMessage, readMid } from './messages/message-store.js'
import { readPermission } from './permissions/permission-list.js'
import { folderOf } from './public-store/per-user-information.js'
import { type PerUserRecord, readPerUser } from './public-store/per-user-record.js'
import { largeOfAttachment, type MessageRecord, readAttachmentRecord, readMessageRecord } from './record-codec.js'
import { readRule } from './rules/rule.js'
import { SearchCheck } from './search/check-searches.js'
import { entryVersion } from './tables/order-directory.js'
import { BY_DELIVERY_TIME, BY_MID, deliveryKey, type KeptOrder, orderWord } from './tables/order-index.js'
import { buildSummaryRow, type RowSet, rowSet } from './tables/summary-row.js'
import { TimeSlice } from './time-slice.js'

/** What a check found. Problems are sentences for a person; none of them means that the store is sound. */
export interface CheckResult {
  mailboxes: number
  folders: number
  messages: number
  problems: string[]
}

/** Problems of one mailbox that are told one by one; more of them are only counted. */
const MOST_PROBLEMS = 100

/**
 * Checks every mailbox of a store: counts are those of the rows, every index agrees with the records, no number comes
 * twice, every large value is there and counted right. Reads only; nobody may write meanwhile.
 */
export async function checkStore(objects: ObjectStore, mailboxes: Mailboxes): Promise<CheckResult> {
  const result: CheckResult = { mailboxes: 0, folders: 0, messages: 0, problems: [] }
  const unfinished = await mailboxIntents(objects)
  for await (const number of mailboxNumbers(objects.store)) {
    // The next start goes on with what was begun; until then the keys say nothing.
    if (number === SERVER_MAILBOX || unfinished.has(number)) continue
    const mailbox = await mailboxes.find(number)
    if (mailbox === undefined) {
      result.problems.push(`mailbox ${number} has keys, but no record or no owner`)
      continue
    }
    const found = await checkMailbox(mailbox)
    result.mailboxes++
    result.folders += found.folders
    result.messages += found.messages
    result.problems.push(...found.problems)
  }
  return result
}

/** Checks one mailbox. */
export async function checkMailbox(mailbox: MailboxCore): Promise<CheckResult> {
  const check = new MailboxCheck(mailbox)
  await check.run()
  const { folders, messages, problems } = check
  return { mailboxes: 1, folders, messages, problems }
}

class MailboxCheck {
  folders = 0
  messages = 0
  readonly problems: string[] = []
  private untold = 0
  private readonly store
  private readonly number
  private readonly counted = new Map<number, FolderCounters>()
  private readonly searches: SearchCheck
  /** Change numbers seen so far, of content, read states, folders and departures. */
  private readonly cns = new Set<number>()
  private live = 0
  private readStates = 0
  /** References to each large value that records and other large values hold. */
  private readonly references = new Map<number, number>()
  private readonly nextObject
  private readonly nextChange

  constructor(private readonly core: MailboxCore) {
    const { objects, number } = core
    this.store = objects.store
    this.number = number
    this.nextObject = objects.counters.peek(number, OBJECT_LINE)
    this.nextChange = objects.counters.peek(number, CHANGE_LINE)
    this.searches = new SearchCheck({ core, counted: this.counted, report: problem => this.report(problem) })
  }

  async run(): Promise<void> {
    for (const node of this.core.tree.all()) this.folder(node)
    await this.eachMessage()
    await this.permissions()
    await this.rules()
    await this.perUser()
    await this.attachments()
    await this.searches.run()
    for (const node of this.core.tree.all()) this.counters(node)
    await this.indexes()
    await this.orders()
    await this.blobs()
    if (this.untold > 0) this.problems.push(`mailbox ${this.number}: ${this.untold} problems more`)
  }

  private report(problem: string): void {
    if (this.problems.length < MOST_PROBLEMS) this.problems.push(`mailbox ${this.number}: ${problem}`)
    else this.untold++
  }

  private async rules(): Promise<void> {
    for await (const page of this.store.pages(keys.rule.range(this.number))) {
      for (const { key, value } of page) {
        const { fid, ruleId } = keys.rule.parse(key)
        if (!this.counted.has(fid)) this.report(`rule ${hex(ruleId)} of folder ${hex(fid)}, which does not exist`)
        readRule(ruleId, value)
      }
    }
  }

  private async permissions(): Promise<void> {
    for await (const page of this.store.pages(keys.permission.range(this.number))) {
      for (const { key, value } of page) {
        const { fid, memberId } = keys.permission.parse(key)
        if (!this.counted.has(fid)) this.report(`permission ${memberId} of folder ${hex(fid)}, which does not exist`)
        readPermission(memberId, value)
      }
    }
  }

  /** What users have read: in a public store of folders that are there, in a mailbox what its owner's clients left. */
  private async perUser(): Promise<void> {
    for await (const page of this.store.pages({ ...keys.perUser.range(this.number), pageEntries: 64 })) {
      for (const { key, value } of page) {
        const { databaseGuid, globcnt } = folderOf(key)
        const name = `what was read in folder 0x${globcnt.toString(16)} of ${databaseGuid}`
        try {
          this.perUserRow(name, { databaseGuid, globcnt }, keys.perUser.parse(key).userGuid, readPerUser(value))
        } catch (error) {
          this.report(`${name} cannot be read: ${(error as Error).message}`)
        }
      }
    }
  }

  private perUserRow(name: string, folder: LongTermId, user: Uint8Array, { cn, data }: PerUserRecord): void {
    const { core } = this
    this.changeNumber(cn, name)
    if (user.byteLength !== 16) this.report(`${name} belongs to nobody`)
    if (core.storeKind === 'private') {
      if (Buffer.compare(user, core.guidBytes) !== 0) this.report(`${name} belongs to another mailbox`)
      return
    }
    if (folder.databaseGuid !== core.replicaGuid || core.tree.find(makeId(1, folder.globcnt)) === undefined) {
      this.report(`${name}, which does not exist`)
    }
    for (const [guid, set] of readIdset(data)) {
      if (guid !== core.replicaGuid) this.report(`${name} has numbers of another replica`)
      if (set.lastOf(set.rangeCount - 1) >= this.nextChange) this.report(`${name} has numbers that were never given`)
    }
  }

  private folder(node: FolderNode): void {
    this.folders++
    this.counted.set(node.fid, freshCounters())
    this.changeNumber(node.cn, `folder ${hex(node.fid)}`)
    if (globcntOf(node.fid) >= this.nextObject) this.report(`folder ${hex(node.fid)} has an id that was never given`)
    if (node.type === 'root') {
      if (node.parentFid !== 0) this.report('the root folder has a parent')
      return
    }
    if (node.parent === undefined) this.report(`folder ${hex(node.fid)} has no parent`)
    else if (!node.softDeleted && this.core.tree.childNamed(node.parent, node.displayName) !== node) {
      this.report(`folder ${hex(node.fid)} shares its name with a sibling`)
    }
  }

  private changeNumber(cn: number, where: string): void {
    if (this.cns.has(cn)) this.report(`change number ${cn} of ${where} comes twice`)
    this.cns.add(cn)
    if (cn < 1 || cn >= this.nextChange) this.report(`change number ${cn} of ${where} was never given`)
  }

  private async eachMessage(): Promise<void> {
    const slice = new TimeSlice(this.core.runtime)
    for await (const page of this.store.pages({ ...keys.message.range(this.number), pageEntries: 64 })) {
      for (const { key, value } of page) {
        const { mid } = keys.message.parse(key)
        try {
          const record = readMessageRecord(value)
          this.message(mid, record)
          await this.searches.message(mid, record, `message ${hex(mid)}`)
        } catch (error) {
          this.report(`message ${hex(mid)} cannot be read: ${(error as Error).message}`)
        }
      }
      if (slice.isDue) await slice.pause()
    }
  }

  private message(mid: Mid, record: MessageRecord): void {
    const name = `message ${hex(mid)}`
    this.messages++
    const counted = this.counted.get(record.fid)
    if (counted === undefined) {
      this.report(`${name} lies in folder ${hex(record.fid)}, which does not exist`)
      return
    }
    countMessage(counted, record, 1)
    this.changeNumber(record.cn, name)
    if (record.readCn > 0) this.changeNumber(record.readCn, `the read state of ${name}`)
    if (globcntOf(mid) >= this.nextObject) this.report(`${name} has an id that was never given`)
    if (!record.softDeleted) this.changeEntries(mid, record, name)
    this.rows(mid, record, name)
    for (const { blobId } of record.large.values()) this.refer(blobId)
    for (const { number } of record.attachments) {
      if (this.store.get(keys.attachment.of(this.number, mid, number)) === undefined) {
        this.report(`attachment ${number} of ${name} is missing`)
      }
    }
  }

  private changeEntries(mid: Mid, { fid, associated, cn, readCn }: MessageRecord, name: string): void {
    this.live++
    const change = this.store.get(keys.change.of(this.number, fid, associated ? 1 : 0, cn))
    if (change === undefined || readMid(change) !== mid) this.report(`${name} is not in the change index`)
    if (readCn === 0) return
    this.readStates++
    const read = this.store.get(keys.readChange.of(this.number, fid, 0, readCn))
    if (read === undefined || readMid(read) !== mid) this.report(`the read state of ${name} is not in its index`)
  }

  /** The summary row is the one that would be made today, and every kept order has the message at its place. */
  private rows(mid: Mid, record: MessageRecord, name: string): void {
    const input = this.core.messages.summaryInput(record)
    const set = rowSet(record.associated, record.softDeleted)
    const stored = this.store.get(keys.summary.of(this.number, record.fid, mid))
    const built = buildSummaryRow(set, record.fid, mid, input)
    if (stored === undefined) this.report(`${name} has no summary row`)
    else if (Buffer.compare(stored, built.bytes) !== 0)
      this.report(`the summary row of ${name} is another than its record makes`)
    const places = [
      [BY_MID, new Uint8Array(0)],
      [BY_DELIVERY_TIME, deliveryKey(input)]
    ] as const
    for (const [order, sortKey] of places) {
      const entry = this.store.get(keys.order.of(this.number, record.fid, orderWord(set, order), sortKey, mid))
      if (entry === undefined || entryVersion(entry) !== input.version)
        this.report(`${name} is not at its place in order ${order}`)
    }
  }

  private refer(blobId: number): void {
    this.references.set(blobId, (this.references.get(blobId) ?? 0) + 1)
  }

  private async attachments(): Promise<void> {
    for await (const page of this.store.pages({ ...keys.attachment.range(this.number), pageEntries: 64 })) {
      for (const { key, value } of page) {
        const { mid, number } = keys.attachment.parse(key)
        const name = `attachment ${number} of message ${hex(mid)}`
        const record = this.core.messages.find(mid)
        if (record === undefined || !record.attachments.some(entry => entry.number === number)) {
          this.report(`${name} belongs to no message`)
        }
        try {
          for (const { blobId } of largeOfAttachment(readAttachmentRecord(value))) this.refer(blobId)
        } catch (error) {
          this.report(`${name} cannot be read: ${(error as Error).message}`)
        }
      }
    }
  }

  private counters(node: FolderNode): void {
    const counted = this.counted.get(node.fid)!
    for (const name of COUNTED) {
      if (counted[name] !== node.counters[name]) {
        this.report(`folder ${hex(node.fid)} counts ${node.counters[name]} as ${name}, its messages ${counted[name]}`)
      }
    }
    if (node.counters.endId > this.nextObject) this.report(`folder ${hex(node.fid)} holds ids that were never given`)
  }

  /** As every message was found in the indexes, equal counts mean that nothing else is in them. */
  private async indexes(): Promise<void> {
    const expected = [
      ['change index', keys.change, this.live],
      ['read-state index', keys.readChange, this.readStates],
      ['summary rows', keys.summary, this.messages + this.searches.leftBehind],
      ['orders', keys.order, (this.messages + this.searches.memberships) * 2]
    ] as const
    for (const [name, space, count] of expected) {
      const found = await this.countOf(space.range(this.number))
      if (found !== count) this.report(`${name}: ${found} entries for ${count}`)
    }
    for await (const page of this.store.pages({ ...keys.departure.range(this.number), keysOnly: true })) {
      for (const { key } of page) this.changeNumber(keys.departure.parse(key).cn, 'a departure')
    }
  }

  private async countOf(range: { gte: Uint8Array; lt: Uint8Array }): Promise<number> {
    let count = 0
    for await (const page of this.store.pages({ ...range, keysOnly: true })) count += page.length
    return count
  }

  /** The runs of each order cover its entries. One pass over all of them: most folders of a large mailbox have none. */
  private async orders(): Promise<void> {
    const entries = new Map<number, Map<number, number>>()
    const count = async (space: typeof keys.order | typeof keys.orderRun, by: number): Promise<void> => {
      for await (const page of this.store.pages({ ...space.range(this.number), keysOnly: true })) {
        for (const { key } of page) {
          const { fid, order } = space.parse(key)
          let words = entries.get(fid)
          if (words === undefined) {
            words = new Map()
            entries.set(fid, words)
          }
          words.set(order, (words.get(order) ?? 0) + by)
        }
      }
    }
    await count(keys.order, 1)
    await count(keys.orderRun, 0)
    for (const [fid, words] of entries) {
      for (const [word, rows] of words) {
        const set = (word >>> 8) as RowSet
        const order = (word & 0xff) as KeptOrder
        const { total } = await this.core.orders.directory(fid, set, order)
        if (total === rows) continue
        this.report(`order ${order} of row set ${set} of folder ${hex(fid)} counts ${total} rows of ${rows}`)
      }
    }
  }

  private async blobs(): Promise<void> {
    const heads = new Map<number, number>()
    for await (const page of this.store.pages(keys.blob.range(this.number))) {
      for (const { key, value } of page) {
        const { blobId } = keys.blob.parse(key)
        const head = readBlobHead(value)
        heads.set(blobId, head.references)
        const sources = new Set(expandRuns(head.runs))
        for (const source of sources) if (source !== 0 && source !== blobId) this.refer(source)
        expandRuns(head.runs).forEach((source, piece) => {
          if (source !== 0 && this.store.get(keys.blobPiece.of(this.number, source, piece)) === undefined) {
            this.report(`piece ${piece} of large value ${blobId} is missing`)
          }
        })
      }
    }
    for (const [blobId, count] of this.references) {
      const known = heads.get(blobId)
      if (known === undefined) this.report(`large value ${blobId} is referred to and does not exist`)
      else if (known !== count) this.report(`large value ${blobId} counts ${known} references of ${count}`)
    }
    for (const [blobId, known] of heads) {
      if (this.references.has(blobId) || this.store.get(keys.blobIntent.of(this.number, blobId)) !== undefined) continue
      this.report(`large value ${blobId} counts ${known} references, and nothing refers to it`)
    }
  }
}

const COUNTED = [
  ...(['contentCount', 'unreadCount', 'associatedCount', 'softDeletedCount', 'softDeletedAssociatedCount'] as const),
  ...(['contentBytes', 'associatedBytes', 'softDeletedBytes'] as const)
]

function hex(id: number): string {
  return `0x${globcntOf(id).toString(16)}`
}
