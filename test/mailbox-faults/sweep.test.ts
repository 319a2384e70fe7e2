/**
 * Fault sweeps over a mailbox: operation n of the store fails for n = 1, 2, 3 ... until the scenario passes. After each the
 * mailbox is opened from what survived: it checks clean, and whatever was acknowledged is there.
 */
import t, { type Test } from 'tap'
import { Random } from '../../src/bufferstructs/index.js'
import { storedString } from '../../src/oxcdata/stored-string.js'
import { type FaultPlan, FaultyEngine } from '../../store/faulty-engine.js'
import { StoreError } from '../../store/index.js'
import { alice } from '../mailbox/mailbox-fixture.js'
import { inbox, MAILBOX_PROPERTY, open, Scenario, Told } from './scenario.js'
import { checkSurvivor } from './survivor.js'

const FAULTS_AT_MOST = 2000

async function sweep(t: Test, plan: FaultPlan, step = 1): Promise<void> {
  let n = 1
  for (let isThrough = false; !isThrough && n < FAULTS_AT_MOST; n += step) {
    const engine = new FaultyEngine({ ...plan, failAt: n })
    const told = new Told()
    let hasFailed = false
    try {
      const opened = await open(engine)
      const scenario = new Scenario(opened, told)
      try {
        await scenario.run()
      } finally {
        hasFailed = engine.hasFailed
        isThrough = !hasFailed
        await scenario.release()
        if (plan.crash !== true && hasFailed) await inProcess(t, n, engine, plan, opened, told)
      }
    } catch (error) {
      if (!hasFailed && !engine.hasFailed) throw error
      if (!(error instanceof StoreError)) t.fail(`operation ${n} failed with another error`, { error })
    }
    const problems = await checkSurvivor(await open(engine.survivors()), told)
    if (problems.length > 0) t.fail(`after a fault at operation ${n}`, { problems })
  }
  t.ok(n > 30, `${n - 1} operations, each of them failed once`)
}

/** The server goes on: the store is opened again, what was open of the mailbox is refused, and a new one is sound. */
async function inProcess(
  t: Test,
  n: number,
  engine: FaultyEngine,
  plan: FaultPlan,
  opened: Awaited<ReturnType<typeof open>>,
  told: Told
): Promise<void> {
  const core = opened.core
  engine.replan({ ...plan, failAt: undefined })
  // A failure that reached nobody (a sweep, the last numbers given back) leaves a store that was closed in order.
  if (opened.objects.store.failed === undefined) return
  await opened.objects.reopen()
  if (core !== undefined) {
    const entry = { tag: MAILBOX_PROPERTY, bytes: storedString('stale') }
    t.throws(() => core.set([entry], alice), StoreError, `operation ${n}: the mailbox of before is refused`)
    const folder = core.openFolder(inbox, {}, alice)
    t.throws(() => folder.set([entry], alice), StoreError, `operation ${n}: a folder of before is refused`)
    const spec = { type: 'generic', displayName: 'stale', comment: '', openExisting: true } as const
    t.throws(() => folder.createFolder(spec, alice), StoreError)
  }
  const problems = await checkSurvivor(opened, told)
  if (problems.length > 0) t.fail(`in the same process, after a fault at operation ${n}`, { problems })
}

const random = new Random(7)
t.test('power: crash at each write, all unflushed batches lost', t => sweep(t, { crash: true, keeps: () => false }))
t.test('power: crash at each write, some unflushed batches lost', t =>
  sweep(t, { crash: true, keeps: () => random.below(2) === 0 })
)
t.test('power: each write fails', t => sweep(t, { keeps: () => false }))
t.test('power: success of each write not reported', t => sweep(t, { applied: true, keeps: () => true }))
t.test('power: crash at operations of every kind', t => sweep(t, { crash: true, counts: () => true }, 7))

t.test('canary: an acknowledged message that is lost is found', async t => {
  const engine = new FaultyEngine()
  const told = new Told()
  await new Scenario(await open(engine), told).run()
  const [mid, first] = [...told.messages][0]
  told.messages.set(mid, { ...first, subject: 'something else' })
  told.messages.set(mid + 1_000_000, first)
  const problems = (await checkSurvivor(await open(engine.survivors()), told)).join('\n')
  t.match(problems, /has another subject/)
  t.match(problems, /was acknowledged and is gone/)
})
