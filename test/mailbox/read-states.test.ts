/** Counts of read messages follow every change, whoever counts meanwhile. */
import t from 'tap'
import { Random } from '../../src/bufferstructs/index.js'
import { checkMailbox } from '../../src/mailbox/check.js'
import type { Actor } from '../../src/mailbox/domain.js'
import type { MailboxCore } from '../../src/mailbox/mailbox-core.js'
import { ReadFlag } from '../../src/mailbox/messages/message-flags.js'
import { permissionLevels } from '../../src/mailbox/permissions/rights.js'
import { publicFid } from '../../src/mailbox/public-store/public-folders.js'
import type { Fid, Mid } from '../../src/oxcdata/ids.js'
import { PropertyBag } from '../../src/oxcdata/property-bag.js'
import { storedString } from '../../src/oxcdata/stored-string.js'
import { PidTagSubject } from '../../src/oxprops/property-tags.generated.js'
import { toFiletime } from '../../src/runtime.js'
import { alice, bob, Fixture, publicOwner } from './mailbox-fixture.js'

const READERS = [alice, bob]
const READ_WRITE = { access: 'readWrite', softDeleted: false, codePage: 1252 } as const

async function newFolder(core: MailboxCore, displayName: string): Promise<Fid> {
  const parent = core.openFolder(publicFid('ipmSubtree'), {}, publicOwner)
  const spec = { type: 'generic', displayName, comment: '', openExisting: false } as const
  const { folder } = await parent.createFolder(spec, publicOwner)
  await folder.setPermissions([{ who: 'default', rights: permissionLevels.owner }], {}, publicOwner)
  return folder.fid
}

/** Live normal messages of a folder. */
async function messagesOf(core: MailboxCore, fid: Fid): Promise<{ mid: Mid; cn: number }[]> {
  const found: { mid: Mid; cn: number }[] = []
  for await (const page of core.orders.summaries(fid)) {
    for (const { mid, row } of page) if (row.set === 0) found.push({ mid, cn: row.cn })
  }
  return found
}

async function countedByHand(core: MailboxCore, reader: Actor, fid: Fid): Promise<number> {
  const state = core.readStates!.of(reader)
  return (await messagesOf(core, fid)).filter(({ cn }) => !state.has(fid, cn)).length
}

class Walk {
  constructor(
    readonly core: MailboxCore,
    readonly fids: readonly Fid[],
    private readonly random: Random
  ) {}

  private pick<T>(values: readonly T[]): T {
    return values[this.random.below(values.length)]
  }

  async step(): Promise<void> {
    const { core, random } = this
    const reader = this.pick(READERS)
    const fid = this.pick(this.fids)
    const mids = (await messagesOf(core, fid)).map(({ mid }) => mid)
    const some = mids.filter(() => random.below(3) === 0)
    const folder = core.openFolder(fid, {}, reader)
    const what = random.below(10)
    if (what < 3 || mids.length === 0) {
      const message = core.createMessage(fid, { associated: random.below(5) === 0, codePage: 1252 }, reader)
      await message.save({ force: false, keepOpen: 'no' }, reader)
    } else if (what < 5) {
      await folder.setReadFlags(some, random.below(2) * ReadFlag.clearReadFlag, reader)
    } else if (what < 6) {
      const message = core.openMessage(fid, this.pick(mids), READ_WRITE, reader)
      if (random.below(2) === 0) await message.setReadFlag(0, reader)
      await message.save({ force: true, keepOpen: 'no' }, reader)
      message.release()
    } else if (what < 7) {
      await folder.deleteMessages(some, { hard: random.below(2) === 0, notifyNonRead: false }, reader)
    } else if (what < 9) {
      const target = core.openFolder(this.pick(this.fids), {}, reader)
      await folder.moveCopyMessages(target, some, { copy: random.below(2) === 0 }, reader)
    } else {
      const properties = PropertyBag.of([{ tag: PidTagSubject, bytes: storedString('imported') }])
      const draft = { properties, recipients: [], attachments: [], time: toFiletime(0) }
      await core.importMessages(fid, [draft, draft])
    }
  }
}

t.test('a walk with restarts', async t => {
  const random = new Random(5)
  const fixture = await Fixture.open()
  const spec = { number: 3, owner: publicOwner, localeId: 0x409, storeKind: 'public' } as const
  let core = await fixture.mailboxes.create(spec)
  const fids = [await newFolder(core, 'One'), await newFolder(core, 'Two')]
  for (let round = 0; round < 8; round++) {
    const walk = new Walk(core, fids, random)
    // Counting begins while others write.
    const loads = READERS.map(reader => core.loadReadState(reader))
    for (let step = 0; step < 3; step++) await walk.step()
    await Promise.all(loads)
    for (let step = 0; step < 40; step++) {
      await walk.step()
      for (const reader of READERS) {
        for (const fid of fids) {
          const counted = core.readStates!.of(reader).unreadCount(core.tree.find(fid)!)
          const byHand = await countedByHand(core, reader, fid)
          if (counted !== byHand) t.equal(counted, byHand, `round ${round}, step ${step}`)
        }
      }
    }
    t.same((await checkMailbox(core)).problems, [])
    core = await fixture.restart(3)
    t.equal(core.readStates!.of(alice).unreadCount(core.tree.find(fids[0])!), undefined, 'nobody has counted yet')
  }
})

t.test('a private mailbox has one state for all', async t => {
  const core = await (await Fixture.open()).create(1)
  t.equal(core.readStates, undefined)
  t.equal(core.loadReadState(alice), undefined)
})
