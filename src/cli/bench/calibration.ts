/** Rounds of the calibration loop: enough that start-up effects vanish, few enough to wait for. */
const ROUNDS = 100_000_000

/**
 * The yardstick: 10^8 rounds of 32-bit xorshift in plain JavaScript, as CPU milliseconds of this process. Dividing a
 * cost by it gives a figure that can be compared between machines.
 */
export function calibrate(): number {
  const before = process.cpuUsage()
  const end = xorshift(ROUNDS)
  const used = process.cpuUsage(before)
  if (end === 0) throw new Error('xorshift never reaches zero')
  return (used.user + used.system) / 1000
}

function xorshift(rounds: number): number {
  let x = 2463534242
  for (let i = 0; i < rounds; i++) {
    x ^= x << 13
    x ^= x >>> 17
    x ^= x << 5
  }
  return x
}
