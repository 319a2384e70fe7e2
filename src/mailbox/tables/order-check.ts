import { keys, type StoreReader } from '../../../store/index.js'
import { compareBytes } from '../../oxcdata/collation.js'
import type { Fid, Mid } from '../../oxcdata/ids.js'
import { PidTagMessageDeliveryTime } from '../../oxprops/property-tags.generated.js'
import { entryVersion } from './order-directory.js'
import { BY_DELIVERY_TIME, BY_MID, orderWord, timeKey } from './order-index.js'
import { buildSummaryRow, type RowSet, type SummaryInput, SummaryRow } from './summary-row.js'

const SETS: readonly RowSet[] = [0, 1, 2, 3]
const NO_KEY = new Uint8Array(0)

/** A message as its record tells. */
export interface LiveMessage {
  readonly mid: Mid
  readonly set: RowSet
  readonly input: SummaryInput
}

/**
 * Checks summary rows and kept orders of a folder against its messages: every summary row is what the record makes of it, entries
 * are exactly the live messages, runs count their entries. Returns what is wrong, one sentence each.
 */
export async function checkOrders(
  store: StoreReader,
  mailbox: number,
  fid: Fid,
  messages: Iterable<LiveMessage>
): Promise<string[]> {
  const faults: string[] = []
  const live = new Map<Mid, LiveMessage>()
  for (const message of messages) live.set(message.mid, message)
  const rows = await checkSummaries(store, mailbox, fid, live, faults)
  for (const set of SETS) {
    for (const order of [BY_MID, BY_DELIVERY_TIME] as const) {
      const where = `folder ${fid} order ${orderWord(set, order)}`
      const expected = new Map<Mid, { key: Uint8Array; version: number }>()
      for (const [mid, row] of rows) {
        if (row.set !== set) continue
        const key = order === BY_MID ? NO_KEY : timeKey(row.packed.value(PidTagMessageDeliveryTime))
        expected.set(mid, { key, version: row.version })
      }
      await checkOrder(store, mailbox, fid, orderWord(set, order), expected, where, faults)
    }
  }
  return faults
}

async function checkSummaries(
  store: StoreReader,
  mailbox: number,
  fid: Fid,
  live: ReadonlyMap<Mid, LiveMessage>,
  faults: string[]
): Promise<Map<Mid, SummaryRow>> {
  const rows = new Map<Mid, SummaryRow>()
  for await (const page of store.pages(keys.summary.range(mailbox, fid))) {
    for (const { key, value } of page) {
      const { mid } = keys.summary.parse(key)
      const message = live.get(mid)
      rows.set(mid, new SummaryRow(value))
      if (message === undefined) faults.push(`folder ${fid}: summary row of message ${mid}, which is not there`)
      else if (compareBytes(buildSummaryRow(message.set, fid, mid, message.input).bytes, value) !== 0) {
        faults.push(`folder ${fid}: summary row of message ${mid} is not what its record says`)
      }
    }
  }
  for (const mid of live.keys()) if (!rows.has(mid)) faults.push(`folder ${fid}: message ${mid} has no summary row`)
  return rows
}

async function checkOrder(
  store: StoreReader,
  mailbox: number,
  fid: Fid,
  order: number,
  expected: Map<Mid, { key: Uint8Array; version: number }>,
  where: string,
  faults: string[]
): Promise<void> {
  const runs = await store.range(keys.orderRun.range(mailbox, fid, order))
  const bounds = runs.map(({ key, value }) => {
    const { sortKey, mid } = keys.orderRun.parse(key)
    const count = new DataView(value.buffer, value.byteOffset, value.byteLength).getUint32(0, true)
    return { start: keys.order.of(mailbox, fid, order, sortKey, mid), count, found: 0 }
  })
  let at = -1
  for await (const page of store.pages(keys.order.range(mailbox, fid, order))) {
    for (const { key, value } of page) {
      const { sortKey, mid } = keys.order.parse(key)
      const wanted = expected.get(mid)
      if (wanted === undefined) faults.push(`${where}: entry of message ${mid}, which is not there`)
      else if (compareBytes(wanted.key, sortKey) !== 0) faults.push(`${where}: message ${mid} stands in a wrong place`)
      else if (wanted.version !== entryVersion(value)) faults.push(`${where}: message ${mid} has another version`)
      expected.delete(mid)
      while (at + 1 < bounds.length && compareBytes(bounds[at + 1].start, key) <= 0) at++
      if (at < 0) faults.push(`${where}: message ${mid} is in no run`)
      else bounds[at].found++
    }
  }
  for (const mid of expected.keys()) faults.push(`${where}: message ${mid} has no entry`)
  for (const { count, found } of bounds) {
    if (count !== found) faults.push(`${where}: a run says ${count} rows and has ${found}`)
  }
}
