import type { z } from 'zod'
import type { MailboxCore } from '../mailbox/mailbox-core.js'
import type { MessageDraft } from '../mailbox/messages/message-draft.js'
import { type NamedProperty, PidLidPrivate, PidNameKeywords } from '../oxprops/named-properties.generated.js'
import { correspondentOf } from '../transport/correspondent.js'
import { canonicalText, digestOf } from './canonical.js'
import type { Threads } from './conversation.js'
import { APPOINTMENT_NAMES, draftAppointment } from './draft-appointments.js'
import { CONTACT_NAMES, draftContact } from './draft-contacts.js'
import type { DraftContext } from './draft-context.js'
import { draftMessage, FLAG_NAMES } from './draft-messages.js'
import { draftNote, draftTask, NOTE_NAMES, TASK_NAMES } from './draft-tasks.js'
import type { FolderTask } from './folder-tasks.js'
import { NamedTags } from './named-tags.js'
import type { World } from './schema.js'
import {
  appointmentSchema,
  contactItemSchema,
  countsOf,
  messageSchema,
  noteSchema,
  taskSchema,
  type WorldAttachment
} from './schema-items.js'
import type { WorldContent } from './schema-values.js'
import { bytesOf, type WorldFiles } from './world-files.js'
import type { WorldTarget } from './world-target.js'

/** The kinds of items that a folder may have, in the order in which they are brought in. */
const KINDS = {
  messages: { schema: messageSchema, draft: draftMessage },
  appointments: { schema: appointmentSchema, draft: draftAppointment },
  contacts: { schema: contactItemSchema, draft: draftContact },
  tasks: { schema: taskSchema, draft: draftTask },
  notes: { schema: noteSchema, draft: draftNote }
} as const
type Kind = keyof typeof KINDS
const KIND_NAMES = Object.keys(KINDS) as Kind[]

/** An item that a world writes out. */
export interface WrittenItem {
  /** What it is known by: the same for the same content, and for each of several alike another one. */
  readonly digest: string
  draft(context: DraftContext): MessageDraft
}

/** The items of a folder that are written out, each with its digest. `scope` is the folder's place in the world. */
export function writtenItems({ spec }: FolderTask, scope: string, files: WorldFiles): WrittenItem[] {
  const items: WrittenItem[] = []
  const alike = new Map<string, number>()
  for (const kind of KIND_NAMES) {
    const { schema, draft } = KINDS[kind]
    for (const item of spec[kind]) {
      const text = `${kind} ${canonicalText(withDigests(item as WithFiles, files), schema as z.ZodType)}`
      const number = alike.get(text) ?? 0
      alike.set(text, number + 1)
      const digest = digestOf(text, String(number))
      const write = draft as (item: unknown, identity: string, context: DraftContext) => MessageDraft
      items.push({ digest, draft: context => write(item, `${scope}/${digest}`, context) })
    }
  }
  return items
}

interface WithFiles {
  readonly attachments?: readonly WorldAttachment[]
  readonly photo?: WorldContent
}

/** An item with digests in place of files and of what is written out as base64: the same content is the same item. */
function withDigests({ attachments, photo, ...item }: WithFiles, files: WorldFiles): Record<string, unknown> {
  return {
    ...item,
    ...(photo !== undefined && { photo: digestOf(bytesOf(photo, files)) }),
    ...(attachments !== undefined && {
      attachments: attachments.map(attachment => attachmentWithDigest(attachment, files))
    })
  }
}

function attachmentWithDigest({ file, base64, message, ...attachment }: WorldAttachment, files: WorldFiles): unknown {
  const content = file ?? (base64 === undefined ? undefined : { base64 })
  return {
    ...attachment,
    ...(content !== undefined && { content: digestOf(bytesOf(content, files)) }),
    ...(message !== undefined && { message: withDigests(message, files) })
  }
}

/** Registers the names that the items of a folder use, and gives what their drafts are made with. */
export async function contextFor(
  world: World,
  target: WorldTarget,
  threads: Threads,
  mailbox: MailboxCore,
  { spec }: Pick<FolderTask, 'spec'>
): Promise<DraftContext> {
  const { directory } = target
  const { displayName: name, address } = mailbox.owner
  return {
    ...{ directory, threads, files: world.files, now: Date.parse(world.now), domain: world.domain.toLowerCase() },
    owner: correspondentOf(directory, { name, address }),
    names: await NamedTags.of(mailbox, namesUsed(spec))
  }
}

function namesUsed({ messages, appointments, contacts, tasks, notes, generate }: FolderTask['spec']): NamedProperty[] {
  const used = new Set<NamedProperty>()
  const use = (isUsed: boolean, list: readonly NamedProperty[]): void => {
    if (isUsed) for (const property of list) used.add(property)
  }
  const made = { categories: 0, flags: 0, meetings: 0, ...generate, ...countsOf(generate) }
  const inside = messages.flatMap(message => [message, ...nested(message.attachments)])
  const all = [...inside, ...[...appointments, ...tasks].flatMap(({ attachments }) => nested(attachments))]
  use(made.categories > 0 || all.some(({ categories }) => categories.length > 0), [PidNameKeywords])
  use(
    all.some(({ sensitivity }) => sensitivity === 'private'),
    [PidLidPrivate]
  )
  use(made.flags > 0 || all.some(({ flag }) => flag !== undefined), FLAG_NAMES)
  use(made.meetings > 0 || made.appointments > 0 || appointments.length > 0, APPOINTMENT_NAMES)
  use(made.contacts > 0 || contacts.length > 0, CONTACT_NAMES)
  use(made.tasks > 0 || tasks.length > 0, TASK_NAMES)
  use(notes.length > 0, NOTE_NAMES)
  return [...used]
}

function nested(attachments: readonly WorldAttachment[]): NonNullable<WorldAttachment['message']>[] {
  return attachments.flatMap(({ message }) => (message === undefined ? [] : [message, ...nested(message.attachments)]))
}
