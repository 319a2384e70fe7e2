/** Prints how fast worlds are brought in: `node <build>/bench/world/main.js [--messages 50000]`. */
import { parseArgs } from 'node:util'
import { calibrate } from '../../src/cli/bench/calibration.js'
import { benchWorld } from './world-bench.js'

const { values } = parseArgs({ options: { messages: { type: 'string', default: '50000' } } })
const unitMs = calibrate()
process.stdout.write(`calibration unit: ${unitMs.toFixed(0)} ms CPU\n`)
for (const { name, messages, perSecond, perUnit, longestDelayMs } of await benchWorld(
  Number(values.messages),
  unitMs
)) {
  process.stdout.write(
    `${`world of ${messages} messages, ${name}`.padEnd(48)} ${String(perSecond).padStart(8)}/s ` +
      `${String(perUnit).padStart(8)}/unit ${longestDelayMs.toFixed(1).padStart(8)} ms longest delay\n`
  )
}
