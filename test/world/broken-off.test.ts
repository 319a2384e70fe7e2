import t from 'tap'
import type { WorldReport } from '../../src/world/world-report.js'
import { FaultyEngine } from '../../store/faulty-engine.js'
import { MemoryEngine } from '../../store/index.js'
import { COMPANY } from './company.js'
import { midsOf, nodeAt, pictureOf, subjectsOf, WorldBed } from './world-bed.js'

/** Whether an application fails with the store, as it does when a write fails. */
async function breaksOff(work: Promise<WorldReport>): Promise<boolean> {
  return work.then(
    () => false,
    error => {
      if (error.name !== 'StoreError') throw error
      return true
    }
  )
}

for (const applied of [false, true]) {
  t.test(
    `a world that is broken off at any write${applied ? ', which was done all the same,' : ''} is taken up again`,
    async t => {
      const whole = await WorldBed.open()
      await whole.apply(COMPANY)
      const expected = await pictureOf(whole)
      let failAt = 1
      let partial = 0
      for (; ; failAt += applied ? 3 : 1) {
        const faulty = new FaultyEngine({})
        const bed = await WorldBed.open(faulty)
        faulty.replan({ failAt, crash: true, applied })
        if (!(await breaksOff(bed.apply(COMPANY)))) break
        await bed.restart(new MemoryEngine(faulty.survivors()))
        if (bed.directory.size > 0) partial++
        await bed.apply(COMPANY)
        const picture = await pictureOf(bed)
        if (JSON.stringify(picture) !== JSON.stringify(expected))
          t.same(picture, expected, `broken off at write ${failAt}`)
        const problems = await bed.problems()
        if (problems.length > 0) t.same(problems, [], `broken off at write ${failAt}`)
      }
      t.ok(failAt > 30, `writes up to ${failAt} were made to fail`)
      t.ok(partial > 5)
    }
  )
}

const BULK = `
ropewalk: 1
name: bulk
domain: bulk.test
users:
  - address: ann@bulk.test
    name: Ann
    password: secret
    folders:
      - path: inbox
        messages: [{ subject: written }]
        generate: { seed: 1, messages: 2000 }
`

t.test('a user reads, writes and deletes while a world is being applied', async t => {
  const bed = await WorldBed.open()
  await bed.apply(BULK.slice(0, BULK.indexOf('    folders:')))
  const ann = await bed.mailbox('ann@bulk.test')
  const { fid } = nodeAt(ann, 'inbox')
  const work = bed.apply(BULK)
  let saved = 0
  let isDone = false
  const end = work.finally(() => {
    isDone = true
  })
  while (!isDone) {
    const message = ann.createMessage(fid, { associated: false, codePage: 1252 }, ann.owner)
    await message.save({ force: false, keepOpen: 'no' }, ann.owner)
    saved++
    const mids = await midsOf(ann, 'inbox')
    // Those of the world that are there already go as soon as they have come.
    if (mids.length > 100) {
      const inbox = ann.openFolder(fid, {}, ann.owner)
      await inbox.deleteMessages(mids.slice(0, 50), { hard: true, notifyNonRead: false }, ann.owner)
    }
    await new Promise(resolve => setImmediate(resolve))
  }
  const report = await end
  t.equal(report.added.items, 2001)
  t.ok(saved > 3, `${saved} messages were saved meanwhile`)
  t.same(await bed.problems(), [])
  const again = await bed.apply(BULK.replace('domain: bulk.test', 'domain: BULK.test'))
  t.equal(again.added.items, 0, 'nothing comes back')
})

t.test('what was written between an application that broke off and the next one does not mislead it', async t => {
  const whole = await WorldBed.open()
  await whole.apply(BULK)
  const expected = await subjectsOf(await whole.mailbox('ann@bulk.test'), 'inbox')
  let partial = 0
  for (let failAt = 6; failAt <= 18; failAt += 3) {
    const faulty = new FaultyEngine({})
    const bed = await WorldBed.open(faulty)
    faulty.replan({ failAt, crash: true })
    t.ok(await breaksOff(bed.apply(BULK)))
    await bed.restart(new MemoryEngine(faulty.survivors()))
    const ann = await bed.mailbox('ann@bulk.test').catch(() => undefined)
    const before = ann === undefined ? [] : await midsOf(ann, 'inbox')
    if (ann !== undefined && before.length > 10) {
      partial++
      const inbox = ann.openFolder(nodeAt(ann, 'inbox').fid, {}, ann.owner)
      await inbox.deleteMessages(before.slice(0, 10), { hard: true, notifyNonRead: false }, ann.owner)
      for (let count = 0; count < 7; count++) {
        const message = ann.createMessage(inbox.fid, { associated: false, codePage: 1252 }, ann.owner)
        await message.save({ force: false, keepOpen: 'no' }, ann.owner)
      }
    }
    await bed.apply(BULK)
    const after = await subjectsOf(await bed.mailbox('ann@bulk.test'), 'inbox')
    const mine = before.length > 10 ? 7 : 0
    const gone = before.length > 10 ? 10 : 0
    t.equal(
      after.length,
      expected.length - gone + mine,
      `broken off at write ${failAt}, after ${before.length} messages`
    )
    t.same(await bed.problems(), [])
  }
  t.ok(partial > 1, 'some were broken off among the messages')
})

t.test('worlds that come at the same time are applied one after the other', async t => {
  const bed = await WorldBed.open()
  const reports = await Promise.all([bed.apply(BULK), bed.apply(BULK), bed.apply(COMPANY)])
  t.same(
    reports.map(({ isUnchanged }) => isUnchanged),
    [false, true, false]
  )
  t.same(await bed.problems(), [])
})

t.test('a mailbox that is removed while it is being filled ends the work on it, and no other', async t => {
  const bed = await WorldBed.open()
  const two = BULK.replace(
    'users:',
    'users:\n  - { address: bo@bulk.test, name: Bo, password: secret, folders: [{ path: inbox, generate: { seed: 1, messages: 3000 } }] }'
  )
  const work = bed.apply(two)
  const bo = await new Promise<NonNullable<ReturnType<typeof bed.directory.byAddress>>>(resolve => {
    const look = (): void => {
      const found = bed.directory.byAddress('bo@bulk.test')
      const mailbox = found && bed.mailboxes.find(found.mailboxNumber)
      if (
        found !== undefined &&
        mailbox !== undefined &&
        !(mailbox instanceof Promise) &&
        nodeAt(mailbox, 'inbox').counters.contentCount > 200
      )
        resolve(found)
      else setImmediate(look)
    }
    look()
  })
  await bed.directory.remove(bo.guid)
  await bed.mailboxes.retire(bo.mailboxNumber)
  const report = await work
  t.same(report.removed, [{ where: 'bo@bulk.test', what: 'inbox', why: 'was removed since' }])
  t.equal((await midsOf(await bed.mailbox('ann@bulk.test'), 'inbox')).length, 2001)
})
