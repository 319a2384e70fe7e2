/** Tables with categories against a model that sorts and groups everything anew, over seeded random changes. */
import t, { type Test as Tap } from 'tap'
import { RopDeleteMessages } from '../../../rops/folder/rop-delete-messages.js'
import { RopSetReadFlags } from '../../../rops/message/rop-set-read-flags.js'
import { RopSeekRow } from '../../../rops/table/rop-seek-row.js'
import type { Mid } from '../../../src/oxcdata/ids.js'
import * as tags from '../../../src/oxprops/property-tags.generated.js'
import { randomNumbers } from '../../mailbox-tables/table-model.js'
import { columns, Grouped, idOf, inbox, LEAF, mail, picture, rowOf } from './grouped-table.js'

const STEPS = Number(process.env.CATEGORY_STEPS ?? 120)
const NAMES = ['Ann', 'ben', 'Cleo', 'dan']

interface Letter {
  mid: Mid
  sender: string
  subject: string
  importance: number
  unread: boolean
}

type Keys = readonly ((letter: Letter) => string)[]

const LEVELS: Keys = [({ sender }) => sender.toLowerCase(), ({ importance }) => String(importance)]

/** What the table has to show: `isExpanded` is asked with the values of a category, one for each level. */
function expected(letters: readonly Letter[], isExpanded: (path: string) => boolean): string[] {
  const rows: string[] = []
  const show = (among: readonly Letter[], level: number, above: string) => {
    if (level === LEVELS.length) {
      for (const { subject } of among) rows.push(`  ${subject}`)
      return
    }
    const groups = groupBy(among, LEVELS[level])
    for (const key of [...groups.keys()].sort()) {
      const inside = groups.get(key)!
      const path = `${above}/${key}`
      const open = isExpanded(path)
      const unread = inside.filter(letter => letter.unread).length
      rows.push(`${' '.repeat(level)}${open ? '-' : '+'}[${inside[0].sender}] ${inside.length}/${unread}`)
      if (open) show(inside, level + 1, path)
    }
  }
  const sorted = [...letters].sort((a, b) => (a.subject < b.subject ? -1 : 1))
  show(sorted, 0, '')
  return rows
}

function groupBy(letters: readonly Letter[], key: Keys[number]): Map<string, Letter[]> {
  const groups = new Map<string, Letter[]>()
  for (const letter of letters) groups.set(key(letter), [...(groups.get(key(letter)) ?? []), letter])
  return groups
}

/** With the order in memory, and in the temporary space from the first row on. */
for (const residentRows of [undefined, 0]) {
  t.test(`random changes, ${residentRows ?? 'usual'} rows in memory`, t => randomChanges(t, residentRows))
}

async function randomChanges(t: Tap, residentRows: number | undefined): Promise<void> {
  const random = randomNumbers(7)
  const table = await Grouped.open([])
  const { client } = table
  const { orders: index } = client.world.alices
  if (residentRows !== undefined) Object.assign(index, { residentRows, sortedRows: 8 })
  const letters: Letter[] = []
  const toggled = new Set<string>()
  const isExpanded = (path: string) => (path.split('/').length === 2) !== toggled.has(path)
  const orders = [tags.PidTagSenderName, tags.PidTagImportance, tags.PidTagSubject].map(tag => ({ tag, order: 0 }))
  t.equal(await table.sort(orders, 2, 1), 0)
  const folder = await client.folder('inbox')
  let number = 0
  const add = async () => {
    const sender = NAMES[random(NAMES.length)]
    const importance = random(3)
    const subject = `s${String(number++).padStart(4, '0')}`
    const mid = await client.createMessage(inbox, mail(sender, subject, [tags.PidTagImportance, importance]))
    letters.push({ mid, sender, subject, importance, unread: true })
  }
  const remove = async () => {
    const [{ mid }] = letters.splice(random(letters.length), 1)
    await client.call(RopDeleteMessages, { wantAsynchronous: false, notifyNonRead: false, messageIds: [mid] }, folder)
  }
  const read = async () => {
    const letter = letters[random(letters.length)]
    const request = { wantAsynchronous: false, readFlags: letter.unread ? 0 : 0x04, messageIds: [letter.mid] }
    await client.call(RopSetReadFlags, request, folder)
    letter.unread = !letter.unread
  }
  const toggle = async () => {
    const rows = await table.rows()
    const headers = rows.filter(row => row.type !== LEAF)
    const at = random(headers.length)
    const header = headers[at]
    const wanted = expected(letters, isExpanded)
    const paths = pathsOf(letters, isExpanded)
    t.equal(paths.length, headers.length)
    const path = paths[at]
    const open = isExpanded(path)
    const rowsBelow = open ? await table.collapse(idOf(header.id)) : await table.expand(idOf(header.id))
    if (toggled.has(path)) toggled.delete(path)
    else toggled.add(path)
    const difference = Math.abs(expected(letters, isExpanded).length - wanted.length)
    t.equal(open ? rowsBelow : (rowsBelow as [number])[0], difference, `rows below ${path}`)
  }
  for (let step = 0; step < STEPS; step++) {
    const what = letters.length < 3 ? 0 : random(10)
    await (what < 4 ? add : what < 6 ? remove : what < 8 ? read : toggle)()
    const wanted = expected(letters, isExpanded)
    if (!t.same(await table.picture(), wanted, `step ${step}`)) return
    const at = random(wanted.length)
    await client.call(RopSeekRow, { origin: 0, rowCount: at, wantRowMovedCount: false }, table.table)
    const { rows } = await client.rows(table.table, columns, { rowCount: 2 })
    t.same(picture(rows.map(rowOf)), wanted.slice(at, at + 2))
    t.same(await table.position(), [Math.min(at + 2, wanted.length), wanted.length])
  }
}

/** The paths of the header rows that are shown, in order. */
function pathsOf(letters: readonly Letter[], isExpanded: (path: string) => boolean): string[] {
  const paths: string[] = []
  const show = (among: readonly Letter[], level: number, above: string) => {
    if (level === LEVELS.length) return
    const groups = groupBy(among, LEVELS[level])
    for (const key of [...groups.keys()].sort()) {
      const path = `${above}/${key}`
      paths.push(path)
      if (isExpanded(path)) show(groups.get(key)!, level + 1, path)
    }
  }
  show(letters, 0, '')
  return paths
}
