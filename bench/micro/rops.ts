import { allRops } from '../../rops/index.js'
import { generate, type Layout, NotGenerated, Random } from '../../src/bufferstructs/index.js'
import type { BenchCase, BenchOptions } from './bench-case.js'
import { layoutCases } from './layouts.js'

/** Which derivations of each ROP's layouts are measured. */
const MEASURED = ['read, compiled', 'read, interpreted', 'write, compiled', 'write, interpreted']

/** The layouts of all ROPs that have bytes, by name; the same value on every run. */
export function ropValues(): { name: string; layout: Layout<unknown>; value: unknown }[] {
  const list: { name: string; layout: Layout<unknown>; value: unknown }[] = []
  for (const rop of allRops) {
    for (const side of ['request', 'response'] as const) {
      const layout = rop[side] as Layout<unknown>
      try {
        const value = generate(layout, new Random(rop.id + 1))
        if (layout.size(value) > 0) list.push({ name: `${rop.name} ${side}`, layout, value })
      } catch (error) {
        // Bodies that only a session can make, such as rows of its columns, are measured there.
        if (!(error instanceof NotGenerated)) throw error
      }
    }
  }
  return list
}

/** Reads and writes of every ROP request and response; a scale below 1 takes that part of the ROPs. */
export function cases({ scale }: BenchOptions): BenchCase[] {
  const values = ropValues()
  const taken = values.slice(0, Math.max(1, Math.round(values.length * Math.min(1, scale))))
  return taken.flatMap(({ name, layout, value }) =>
    layoutCases(name, layout, value).filter(({ name: full }) => MEASURED.some(suffix => full.endsWith(suffix)))
  )
}
