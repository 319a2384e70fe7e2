import type { AddressListSpec, Directory } from '../directory/index.js'
import { digestOf } from './canonical.js'
import type { World } from './schema.js'
import { filterOf } from './schema-values.js'
import type { WorldMarks } from './world-marks.js'
import type { ReportWriter } from './world-report.js'

/** The digest of what a world last said of a list, under the one field that its mark has. */
const FIELD = 'list'

/** Adds the address lists of a world that are missing, and takes over what it has changed where nobody else has. */
export async function applyAddressLists(
  world: World,
  directory: Directory,
  marks: WorldMarks,
  report: ReportWriter
): Promise<void> {
  const lists = [...directory.organization.addressLists]
  const applied = new Map<string, string>()
  let isChanged = false
  for (const { name, under, filter } of parentsFirst(world.addressLists)) {
    const wanted: AddressListSpec = { name, parent: under ?? null, filter: filterOf(filter) }
    const last = marks.addressList(name)?.[FIELD]
    const at = lists.findIndex(list => list.name.toLowerCase() === name.toLowerCase())
    const is = at < 0 ? undefined : digestOfList(lists[at])
    const shall = digestOfList(wanted)
    if (at < 0 && last !== undefined) {
      report.wasRemoved(name, 'address list')
      continue
    }
    if (at >= 0 && is !== shall && is !== last) {
      report.keep(name, 'address list', last === undefined ? 'was there before the world' : 'was changed since')
      continue
    }
    if (at < 0) {
      lists.push(wanted)
      report.added.addressLists++
    } else if (is !== shall) {
      lists[at] = wanted
      report.updated.addressLists++
    }
    if (is !== shall) isChanged = true
    if (last !== shall) applied.set(name, shall)
  }
  if (isChanged)
    await directory.setAddressLists(
      parentsFirst(lists.map(list => ({ ...list, under: list.parent ?? undefined }))).map(
        ({ name, parent, filter }) => ({ name, parent, filter })
      )
    )
  if (applied.size === 0) return
  marks.commit(batch => {
    for (const [name, digest] of applied) marks.putAddressList(batch, name, { [FIELD]: digest })
  })
}

function digestOfList({ name, parent, filter }: AddressListSpec): string {
  return digestOf(JSON.stringify([name, parent?.toLowerCase() ?? null, filter]))
}

/** Lists in an order in which each stands behind the one above it; those without one keep their order. */
function parentsFirst<List extends { name: string; under?: string | undefined }>(lists: readonly List[]): List[] {
  const byName = new Map(lists.map(list => [list.name.toLowerCase(), list]))
  const ordered = new Set<List>()
  const place = (list: List, depth: number): void => {
    if (ordered.has(list) || depth > lists.length) return
    const above = list.under === undefined ? undefined : byName.get(list.under.toLowerCase())
    if (above !== undefined) place(above, depth + 1)
    ordered.add(list)
  }
  for (const list of lists) place(list, 0)
  return [...ordered]
}
