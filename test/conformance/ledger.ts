/**
 * The conformance ledger: tests claim the numbered requirements of the protocol documents that they verify, beside the
 * assertion that verifies them. Claims are appended to the file that CONFORMANCE_CLAIMS names, one id a line, so that
 * `npm run conformance` can count them per document; without it a claim is only checked for its form.
 */
import { appendFileSync } from 'node:fs'

const FORM = /^MS-[A-Z]+_R\d+$/
const claimed = new Set<string>()

/** Claims a requirement, e.g. `requirement('MS-OXCFOLD_R476')`. Call it only after the assertion that proves it. */
export function requirement(...ids: string[]): void {
  for (const id of ids) {
    if (!FORM.test(id)) throw new TypeError(`not a requirement id: ${id}`)
    if (claimed.has(id)) continue
    claimed.add(id)
    const file = process.env.CONFORMANCE_CLAIMS
    if (file !== undefined) appendFileSync(file, `${id}\n`)
  }
}
