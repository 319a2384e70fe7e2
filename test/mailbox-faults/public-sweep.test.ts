/**
 * A fault sweep over a public store: operation n of the store fails for n = 1, 2, 3 ... until the scenario passes. Whatever a
 * reader was told of his read states is so after it, the counts are those of the states, and the store checks clean.
 */
import t, { type Test } from 'tap'
import { Random } from '../../src/bufferstructs/index.js'
import { writeIdset } from '../../src/ics/idset.js'
import { NumberSet } from '../../src/ics/number-set.js'
import { checkMailbox } from '../../src/mailbox/check.js'
import type { Actor } from '../../src/mailbox/domain.js'
import type { MailboxCore } from '../../src/mailbox/mailbox-core.js'
import { Mailboxes } from '../../src/mailbox/mailboxes.js'
import { ReadFlag } from '../../src/mailbox/messages/message-flags.js'
import { permissionLevels } from '../../src/mailbox/permissions/rights.js'
import { publicFid } from '../../src/mailbox/public-store/public-folders.js'
import type { Fid, Mid } from '../../src/oxcdata/ids.js'
import { exchange2016 } from '../../src/personality.js'
import type { FaultPlan } from '../../store/faulty-engine.js'
import type { Engine } from '../../store/index.js'
import { openStore } from '../../store/open-store.js'
import { alice, bob, publicOwner, testRuntime } from '../mailbox/mailbox-fixture.js'
import { faultSweep } from './fault-sweep.js'

const READ = { access: 'read', softDeleted: false, codePage: 1252 } as const

/** What readers were told: true, false, or that it may be either. */
class Told {
  readonly states = new Map<string, boolean | 'unsure'>()

  set(reader: Actor, fid: Fid, mid: Mid, state: boolean | 'unsure'): void {
    this.states.set(JSON.stringify([reader.guid, fid, mid]), state)
  }

  forget(fid: Fid, mid: Mid): void {
    for (const reader of [alice, bob]) this.states.delete(JSON.stringify([reader.guid, fid, mid]))
  }

  *all(): Generator<{ reader: Actor; fid: Fid; mid: Mid; isRead: boolean }> {
    for (const [key, isRead] of this.states) {
      const [guid, fid, mid] = JSON.parse(key) as [string, Fid, Mid]
      if (isRead !== 'unsure') yield { reader: guid === alice.guid ? alice : bob, fid, mid, isRead }
    }
  }
}

async function open(engine: Engine) {
  const objects = await openStore(engine, { maxWriteOperations: 64 })
  const around = { objects, runtime: testRuntime(), personality: exchange2016 }
  return { objects, mailboxes: new Mailboxes({ ...around, ownerOf: () => publicOwner }) }
}

class Scenario {
  private constructor(
    private readonly core: MailboxCore,
    private readonly told: Told
  ) {}

  static async run({ objects, mailboxes }: Awaited<ReturnType<typeof open>>, told: Told): Promise<void> {
    const spec = { number: 1, owner: publicOwner, localeId: 0x409, storeKind: 'public' } as const
    const scenario = new Scenario(await mailboxes.create(spec), told)
    await scenario.steps()
    await objects.close()
  }

  private async steps(): Promise<void> {
    const { core } = this
    for (const reader of [alice, bob]) await core.loadReadState(reader)
    const news = await this.folder('News')
    const other = await this.folder('Other')
    const mids: Mid[] = []
    for (let n = 0; n < 4; n++) mids.push(await this.post(news))
    await this.mark(bob, news, mids.slice(0, 2), true)
    await this.mark(alice, news, [mids[0]], false)
    await this.edit(alice, news, mids[1])
    await this.move(bob, news, other, mids[0])
    await this.remove(news, mids[2])
    await this.establish(bob, news, [mids[1], mids[3]])
    await this.post(other)
    const parent = core.openFolder(publicFid('ipmSubtree'), {}, publicOwner)
    for (const fid of [other]) for (const { mid } of [...this.told.all()]) this.told.forget(fid, mid)
    await parent.removeFolder(other, { messages: true, folders: true, hard: true }, publicOwner)
    await core.durable()
  }

  private async folder(displayName: string): Promise<Fid> {
    const parent = this.core.openFolder(publicFid('ipmSubtree'), {}, publicOwner)
    const spec = { type: 'generic', displayName, comment: '', openExisting: false } as const
    const { folder } = await parent.createFolder(spec, publicOwner)
    await folder.setPermissions([{ who: 'default', rights: permissionLevels.editor }], {}, publicOwner)
    await this.core.durable()
    return folder.fid
  }

  private async post(fid: Fid): Promise<Mid> {
    const message = this.core.createMessage(fid, { associated: false, codePage: 1252 }, alice)
    const mid = await message.save({ force: false, keepOpen: 'no' }, alice)
    await this.core.durable()
    this.told.set(alice, fid, mid, true)
    this.told.set(bob, fid, mid, false)
    return mid
  }

  private async mark(reader: Actor, fid: Fid, mids: Mid[], isRead: boolean): Promise<void> {
    for (const mid of mids) this.told.set(reader, fid, mid, 'unsure')
    const folder = this.core.openFolder(fid, {}, reader)
    await folder.setReadFlags(mids, isRead ? 0 : ReadFlag.clearReadFlag, reader)
    await this.core.durable()
    for (const mid of mids) this.told.set(reader, fid, mid, isRead)
  }

  private async edit(writer: Actor, fid: Fid, mid: Mid): Promise<void> {
    this.told.set(bob, fid, mid, 'unsure')
    const message = this.core.openMessage(fid, mid, { ...READ, access: 'readWrite' }, writer)
    await message.save({ force: true, keepOpen: 'no' }, writer)
    await this.core.durable()
    this.told.set(bob, fid, mid, false)
  }

  private async move(reader: Actor, from: Fid, to: Fid, mid: Mid): Promise<void> {
    this.told.forget(from, mid)
    const target = this.core.openFolder(to, {}, reader)
    await this.core.openFolder(from, {}, reader).moveCopyMessages(target, [mid], { copy: false }, reader)
    await this.core.durable()
  }

  private async remove(fid: Fid, mid: Mid): Promise<void> {
    this.told.forget(fid, mid)
    const folder = this.core.openFolder(fid, {}, alice)
    await folder.deleteMessages([mid], { hard: true, notifyNonRead: false }, alice)
    await this.core.durable()
  }

  private async establish(reader: Actor, fid: Fid, mids: Mid[]): Promise<void> {
    for (const mid of mids) this.told.set(reader, fid, mid, 'unsure')
    const { core } = this
    const numbers = mids.map(mid => core.messages.find(mid)!.cn)
    const set = NumberSet.of(numbers.map(number => [number, number] as const))
    const data = writeIdset(new Map([[core.replicaGuid, set]]))
    const folder = { databaseGuid: core.replicaGuid, globcnt: fid % 2 ** 48 }
    await core.perUserUpload().write({ folder, offset: 0, data, isLast: true, replGuid: undefined }, reader)
    await core.durable()
    for (const mid of mids) this.told.set(reader, fid, mid, true)
  }
}

/** What is wrong with the store after a fault. */
async function checkSurvivor(engine: Engine, told: Told): Promise<string[]> {
  const core = await (await open(engine)).mailboxes.find(1)
  if (core === undefined) return told.states.size > 0 ? ['the store was acknowledged and is gone'] : []
  const { problems } = await checkMailbox(core)
  for (const { reader, fid, mid, isRead } of told.all()) {
    const message = core.openMessage(fid, mid, READ, reader)
    if (message.reader!.has(fid, message.cn) !== isRead)
      problems.push(`message ${mid} is not ${isRead ? '' : 'un'}read`)
  }
  for (const reader of [alice, bob]) {
    await core.loadReadState(reader)
    for (const node of core.tree.all()) {
      const unread = core.readStates!.of(reader).unreadCount(node)
      if (unread === undefined || unread < 0 || unread > node.counters.contentCount) {
        problems.push(`${reader.displayName} has ${unread} unread messages in ${node.displayName}`)
      }
    }
  }
  return problems
}

function sweep(t: Test, plan: FaultPlan): Promise<void> {
  return faultSweep(t, plan, engine => {
    const told = new Told()
    const survey = () => checkSurvivor(engine.survivors(), told)
    return { run: async () => Scenario.run(await open(engine), told), survey }
  })
}

const random = new Random(11)
t.test('crash at each write, all unflushed batches lost', t => sweep(t, { crash: true, keeps: () => false }))
t.test('crash at each write, some unflushed batches lost', t =>
  sweep(t, { crash: true, keeps: () => random.below(2) === 0 })
)
t.test('each write fails', t => sweep(t, { keeps: () => false }))
