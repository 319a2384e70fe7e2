import { specialFid } from '../mailbox/folders/special-folders.js'
import type { MailboxCore } from '../mailbox/mailbox-core.js'
import type { ImportedMessage } from '../mailbox/messages/import-messages.js'
import type { Fid } from '../oxcdata/ids.js'
import { draftAppointment } from './draft-appointments.js'
import { draftContact } from './draft-contacts.js'
import type { DraftContext } from './draft-context.js'
import { draftTask } from './draft-tasks.js'
import type { FolderTask } from './folder-tasks.js'
import { generateAppointments, generateContacts, generateTasks } from './generate-items.js'
import type { Surroundings } from './generate-messages.js'
import { type GeneratedSource, generatedDrafts, generatedMeetings } from './generated-drafts.js'
import type { World } from './schema.js'
import { countsOf } from './schema-items.js'

/** One list of generated items of a folder. */
export interface GeneratedList {
  /** Kind and seed: more of the same go on where the last ones ended. */
  readonly key: string
  readonly count: number
  /** Whether they are among those that the world says a number of. */
  readonly isCounted: boolean
  /** Where they go, if that is not the folder itself. */
  readonly fid?: Fid
  open(mailbox: MailboxCore, fid: Fid, context: DraftContext, from: number): OpenList
}

/** The items of a list from some number on. */
export interface OpenList {
  readonly drafts: Iterable<ImportedMessage>
  /** The number to go on from when so many of the drafts have been imported. */
  reached(imported: number): number
}

export interface GeneratedPlace {
  /** The folder's place in the world. */
  readonly scope: string
  /** The folder holds what its owner has sent. */
  readonly isSent: boolean
}

/** What is to be generated for a folder, list by list. */
export function generatedItems(
  world: World,
  { spec: { generate } }: FolderTask,
  mailbox: MailboxCore,
  { scope, isSent }: GeneratedPlace
): GeneratedList[] {
  if (generate === undefined) return []
  const counts = countsOf(generate)
  const { displayName: name, address } = mailbox.owner
  const colleagues = world.users
    .filter(user => user.address.toLowerCase() !== address.toLowerCase())
    .map(user => `${user.name} <${user.address}>`)
  const around: Surroundings = { owner: { name, address }, now: Date.parse(world.now), colleagues, isSent }
  const place = (kind: string): string => `${scope}/${kind}/${generate.seed}`
  const source = (context: DraftContext) => ({ spec: generate, around, context, scope: place('messages') })
  const list = <Item>(
    kind: 'appointments' | 'contacts' | 'tasks',
    items: () => Iterable<Item>,
    draft: (item: Item, identity: string, context: DraftContext) => ImportedMessage
  ): GeneratedList => ({
    ...{ key: `${kind}:${generate.seed}`, count: counts[kind], isCounted: true },
    open: (_mailbox, _fid, context, from) => ({
      drafts: drafted(items(), from, place(kind), context, draft),
      reached: imported => from + imported
    })
  })
  const lists: GeneratedList[] = [
    {
      ...{ key: `messages:${generate.seed}`, count: counts.messages, isCounted: true },
      open: (mailbox, fid, context, from) => ({
        drafts: generatedDrafts(mailbox, fid, source(context), from),
        reached: imported => from + imported
      })
    },
    {
      key: `meetings:${generate.seed}`,
      // Of messages: how many of them ask for a meeting would take as long to find out as to do it.
      count: generate.meetings === 0 ? 0 : counts.messages,
      ...{ isCounted: false, fid: specialFid('calendar') },
      open: (_mailbox, _fid, context, from) => openMeetings(source(context), from)
    },
    list('appointments', () => generateAppointments(generate, around), draftAppointment),
    list('contacts', () => generateContacts(generate, around), draftContact),
    list('tasks', () => generateTasks(generate, around), draftTask)
  ]
  return lists.filter(({ count }) => count > 0)
}

function openMeetings(source: GeneratedSource, from: number): OpenList {
  const messages: number[] = []
  return {
    drafts: generatedMeetings(source, from, index => messages.push(index)),
    reached: imported => (messages[imported - 1] ?? from - 1) + 1
  }
}

/** So many items are passed over at once. */
const SKIPPED_AT_ONCE = 1000

function* drafted<Item>(
  items: Iterable<Item>,
  from: number,
  scope: string,
  context: DraftContext,
  draft: (item: Item, identity: string, context: DraftContext) => ImportedMessage
): Generator<ImportedMessage> {
  let index = 0
  for (const item of items) {
    if (index >= from) yield draft(item, `${scope}/${index}`, context)
    else if (index % SKIPPED_AT_ONCE === 0) yield null
    index++
  }
}
