/**
 * `node .build/bench/micro/index.js [filter] [--ms n] [--scale x]`: measures the cases of this folder whose name contains
 * the filter and prints a table. `rops` measures the layouts of all ROPs too.
 */

import { pathToFileURL } from 'node:url'
import { parseArgs } from 'node:util'
import type { BenchCase, BenchOptions } from './bench-case.js'
import { cases as compressionCases } from './compression.js'
import { cases as layoutsCases } from './layouts.js'
import { calibrationMs, type Measurement, type MeasureOptions, measure } from './measure.js'
import { cases as ropsCases } from './rops.js'
import { cases as valuesCases } from './values.js'

export const suites: Readonly<Record<string, (options: BenchOptions) => BenchCase[]>> = {
  layouts: layoutsCases,
  compression: compressionCases,
  values: valuesCases,
  rops: ropsCases
}

/** One line of the table. Units: nanoseconds, percent, rounds of the calibration loop, bytes, megabytes per second. */
export function tableLine(m: Measurement, calibration: number): string {
  const rounds = m.nsPerOp / (calibration / 100)
  const rate = m.mbPerSecond === undefined ? '' : `${m.mbPerSecond.toFixed(0)} MB/s`
  return [
    m.name.padEnd(64),
    m.nsPerOp.toFixed(m.nsPerOp < 1000 ? 1 : 0).padStart(10),
    m.errorPercent.toFixed(1).padStart(6),
    rounds.toFixed(1).padStart(10),
    String(m.allocatedBytes).padStart(10),
    rate.padStart(12)
  ].join(' ')
}

export const tableHead = [
  'case'.padEnd(64),
  'ns/op'.padStart(10),
  '+-%'.padStart(6),
  'rounds'.padStart(10),
  'bytes/op'.padStart(10)
].join(' ')

/** Measures the suites, hands each line to `print` as soon as it is known, and returns the measurements. */
export function runSuites(
  names: readonly string[],
  filter: string,
  options: BenchOptions & MeasureOptions,
  print: (line: string) => void
): Measurement[] {
  const calibration = calibrationMs(options.scale < 1 ? 1e6 : 1e8)
  print(`calibration: 10^8 rounds of xorshift in ${calibration.toFixed(0)} CPU ms`)
  print(tableHead)
  const measurements: Measurement[] = []
  for (const benchCase of names.flatMap(name => suites[name](options))) {
    if (!benchCase.name.includes(filter)) continue
    const measured = measure(benchCase, options)
    measurements.push(measured)
    print(tableLine(measured, calibration))
  }
  return measurements
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { ms: { type: 'string', default: '300' }, scale: { type: 'string', default: '1' } }
  })
  const suite = Object.keys(suites).find(name => name === positionals[0])
  runSuites(
    suite === undefined ? Object.keys(suites) : [suite],
    suite === undefined ? (positionals[0] ?? '') : (positionals[1] ?? ''),
    { scale: Number(values.scale), maxTimeMs: Number(values.ms) },
    line => process.stdout.write(`${line}\n`)
  )
}
