import type { Test } from 'tap'
import { type FaultPlan, FaultyEngine } from '../../store/faulty-engine.js'
import { StoreError } from '../../store/index.js'

/** A scenario that never passes would be swept for ever. */
const FAULTS_AT_MOST = 20_000

/** One passage of a scenario over an engine that fails once. */
export interface Passage {
  run(): Promise<void>
  /** What is wrong with what has survived. */
  survey(): Promise<string[]>
}

/** Fails the first operation of a scenario, then another one further on, until it passes, and looks at what each fault has left. */
export async function faultSweep(
  t: Test,
  plan: FaultPlan,
  passage: (engine: FaultyEngine) => Passage,
  step = 1
): Promise<void> {
  let n = 1
  for (let isThrough = false; !isThrough && n < FAULTS_AT_MOST; n += step) {
    const engine = new FaultyEngine({ ...plan, failAt: n })
    const { run, survey } = passage(engine)
    try {
      await run()
      isThrough = !engine.hasFailed
    } catch (error) {
      if (!engine.hasFailed) throw error
      if (!(error instanceof StoreError)) t.fail(`operation ${n} failed with another error`, { error })
    }
    const problems = await survey()
    if (problems.length > 0) t.fail(`after a fault at operation ${n}`, { problems: problems.slice(0, 8) })
  }
  t.ok(n > 20, `${n - 1} operations, each of them failed once`)
}
