import { limits } from '../limits.js'
import { specialFolders } from '../mailbox/folders/special-folders.js'
import { FREE_BUSY_RIGHTS } from '../mailbox/permissions/rights.js'
import type { EntriesByAddress, Report } from './check-world.js'
import type { World } from './schema.js'
import type { WorldDelegate } from './schema-entries.js'
import type { WorldAppointment, WorldAttachment, WorldFolder, WorldTask } from './schema-items.js'
import { bytesOfSize, rightBits, type WorldRights } from './schema-values.js'
import { mailboxFolders, namesOf, worldEntries } from './world-entries.js'
import { attributesFrom } from './world-files.js'

type Path = readonly (string | number)[]

/** Folders and what lies in them: paths are unique, items make sense, files are there, permissions lead to somebody. */
export function checkFolders(world: World, byAddress: EntriesByAddress, report: Report): void {
  for (const { path, folders, isPublic } of mailboxFolders(world)) {
    const seen = new Map<string, number>()
    for (const [at, folder] of folders.entries()) {
      const key = folderKey(folder.path)
      const other = seen.get(key)
      if (other !== undefined)
        report([...path, at, 'path'], `${folder.path} stands at ${[...path, other].join('.')} already`)
      seen.set(key, at)
      checkPath(folder, isPublic, [...path, at], report)
      checkPermissions(folder, isPublic, byAddress, [...path, at, 'permissions'], report)
      checkItems(world, folder, isPublic, [...path, at], report)
      checkReplicas(folder, [...path, at, 'replicas'], report)
    }
  }
  checkDelegates(world, report)
}

/** What lies elsewhere only cannot be brought in here. */
function checkReplicas(folder: WorldFolder & { replicas?: readonly string[] }, path: Path, report: Report): void {
  const { replicas, messages, appointments, contacts, tasks, notes, generate } = folder
  if (replicas === undefined || replicas.some(name => name.toLowerCase() === 'here')) return
  const isEmpty = [messages, appointments, contacts, tasks, notes].every(items => items.length === 0)
  if (!isEmpty || generate !== undefined) report(path, 'without `here` the folder has no content in this world')
}

/** The same for all ways to write a path. */
export function folderKey(path: string): string {
  return namesOf(path).join('/').toLowerCase()
}

/** The well-known folder at which a path begins. */
function wellKnown(path: string): (typeof specialFolders)[keyof typeof specialFolders] | undefined {
  const [first] = namesOf(path)
  return first !== undefined && Object.hasOwn(specialFolders, first)
    ? specialFolders[first as keyof typeof specialFolders]
    : undefined
}

function checkPath(folder: WorldFolder, isPublic: boolean, path: Path, report: Report): void {
  const names = namesOf(folder.path)
  if (names.length === 0) report([...path, 'path'], 'names no folder')
  for (const name of names) {
    if (name.length > limits.folderNameChars)
      report([...path, 'path'], `a folder's name has at most ${limits.folderNameChars} characters`)
  }
  if (!isPublic && names.length === 1 && wellKnown(folder.path)?.type === 'search')
    report([...path, 'path'], `${folder.path} is a search folder: nothing can be put into it`)
}

function isCalendar({ path, class: containerClass }: Pick<WorldFolder, 'path' | 'class'>, isPublic: boolean): boolean {
  if (containerClass !== undefined) return containerClass.startsWith('IPF.Appointment')
  return !isPublic && namesOf(path).length === 1 && wellKnown(path) === specialFolders.calendar
}

const FREE_BUSY_ONLY = 'the rights freeBusySimple and freeBusyDetailed belong to calendars'

function checkPermissions(
  folder: WorldFolder,
  isPublic: boolean,
  byAddress: EntriesByAddress,
  path: Path,
  report: Report
): void {
  const seen = new Set<string>()
  for (const [at, { who, rights }] of folder.permissions.entries()) {
    const key = who.toLowerCase()
    if (key !== 'default' && key !== 'anonymous' && !byAddress.has(key))
      report([...path, at, 'who'], `nobody in this world has the address ${who}`)
    if (seen.has(key)) report([...path, at, 'who'], `${who} has rights on this folder already`)
    seen.add(key)
    if (needsCalendar(rights) && !isCalendar(folder, isPublic)) report([...path, at, 'rights'], FREE_BUSY_ONLY)
  }
}

function needsCalendar(rights: WorldRights): boolean {
  return (rightBits(rights) & FREE_BUSY_RIGHTS) !== 0
}

/** A delegate's rights stand in one place: with the delegate or with the folder. */
function checkDelegates(world: World, report: Report): void {
  for (const { path, spec } of worldEntries(world)) {
    if (!('folders' in spec)) continue
    for (const [at, delegate] of (spec.delegates as (string | WorldDelegate)[]).entries()) {
      if (typeof delegate === 'string') continue
      for (const [folderPath, rights] of Object.entries(delegate.folders)) {
        const where = [...path, 'delegates', at, 'folders', folderPath]
        const folder = spec.folders.find(one => folderKey(one.path) === folderKey(folderPath))
        if (namesOf(folderPath).length === 0) report(where, 'names no folder', true)
        if (needsCalendar(rights) && !isCalendar(folder ?? { path: folderPath }, false)) report(where, FREE_BUSY_ONLY)
        const twice = folder?.permissions.some(({ who }) => who.toLowerCase() === delegate.who.toLowerCase())
        if (twice === true) report(where, `${delegate.who} has rights on this folder already, under its permissions`)
      }
    }
  }
}

function checkItems(world: World, folder: WorldFolder, isPublic: boolean, path: Path, report: Report): void {
  const { messages, appointments, contacts, tasks, generate } = folder
  for (const [at, { attachments }] of messages.entries()) {
    checkAttachments(world, attachments, [...path, 'messages', at], report, 1)
  }
  for (const [at, appointment] of appointments.entries()) {
    checkAppointment(appointment, [...path, 'appointments', at], report)
    checkAttachments(world, appointment.attachments, [...path, 'appointments', at], report, 1)
  }
  for (const [at, task] of tasks.entries()) {
    checkTask(task, [...path, 'tasks', at], report)
    checkAttachments(world, task.attachments, [...path, 'tasks', at], report, 1)
  }
  for (const [at, contact] of contacts.entries()) {
    attributesFrom(contact, ['photo'], world.files, (inner, message) =>
      report([...path, 'contacts', at, ...inner], message)
    )
  }
  if (generate === undefined) return
  const { messages: mail, appointments: meetings, contacts: people, tasks: work } = generate
  if ([mail, meetings, people, work].every(count => count === undefined))
    report([...path, 'generate'], 'say how many messages, appointments, contacts or tasks')
  if (bytesOfSize(generate.largeSize) > MOST_MADE_UP) report([...path, 'generate', 'largeSize'], TOO_MUCH)
  if (isPublic && generate.meetings > 0)
    report([...path, 'generate', 'meetings'], 'nobody asks a public folder for a meeting')
}

const CONTENT_KEYS = ['text', 'base64', 'file', 'size', 'message'] as const

function checkAttachments(
  world: World,
  attachments: readonly WorldAttachment[],
  path: Path,
  report: Report,
  depth: number
): void {
  let madeUp = 0
  for (const [at, attachment] of attachments.entries()) {
    const where = [...path, 'attachments', at]
    const given = CONTENT_KEYS.filter(key => attachment[key] !== undefined)
    if (given.length > 1) report([...where, given[1]], `give one of ${CONTENT_KEYS.join(', ')}`, true)
    const { file, message, name, size } = attachment
    if (name === undefined && message === undefined) report([...where, 'name'], 'is missing')
    madeUp += size === undefined ? 0 : bytesOfSize(size)
    if (madeUp > MOST_MADE_UP) report([...where, 'size'], TOO_MUCH)
    if (file !== undefined && !world.files?.has(file))
      report([...where, 'file'], `names a file that the world has come without: ${file}`)
    if (message === undefined) continue
    if (depth >= limits.embeddedDepth)
      report([...where, 'message'], `messages nest at most ${limits.embeddedDepth} deep`)
    else checkAttachments(world, message.attachments, [...where, 'message'], report, depth + 1)
  }
}

/** Bytes of made-up content in one item: they are held in memory until they are written. */
const MOST_MADE_UP = 64 << 20
const TOO_MUCH = `no more than ${MOST_MADE_UP >> 20} MB are made up for one item`

function checkAppointment({ start, end, duration }: WorldAppointment, path: Path, report: Report): void {
  if (end !== undefined && duration !== undefined) report([...path, 'duration'], 'give the end or the duration', true)
  if (end !== undefined && Date.parse(end) < Date.parse(start)) report([...path, 'end'], 'is before the start')
}

function checkTask({ start, due, status, completed }: WorldTask, path: Path, report: Report): void {
  if (start !== undefined && due !== undefined && Date.parse(due) < Date.parse(start))
    report([...path, 'due'], 'is before the start')
  if (completed !== undefined && status !== 'complete')
    report([...path, 'completed'], 'belongs to a task that is complete')
}
