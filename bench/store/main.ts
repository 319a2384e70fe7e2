/** Prints the store's bench as a table: `node <build>/bench/store/main.js`. */

import { benchStore, calibrate, fullParameters } from './store-bench.js'

const unitMs = calibrate()
process.stdout.write(`calibration unit: ${unitMs.toFixed(0)} ms CPU\n`)
for (const { name, perSecond, perUnit, longestDelayMs } of await benchStore(fullParameters, unitMs)) {
  process.stdout.write(
    `${name.padEnd(48)} ${String(perSecond).padStart(10)}/s ${String(perUnit).padStart(10)}/unit ${String(longestDelayMs).padStart(8)} ms longest delay\n`
  )
}
