import { z } from 'zod'
import type { AttributeName } from '../directory/index.js'
import { LANGUAGES } from './languages.js'
import { attributeKeys, moment, rights, serverName, size } from './schema-values.js'

/** What lies in folders: messages, appointments, contacts, tasks, notes, and what is made up from a seed. */

const SUBJECT_CHARS = 255
const PERSON = /^\s*("?[^"<>]*"?\s*<[^<>@\s]+@[^<>@\s]+>|[^<>@\s]+@[^<>@\s]+)\s*$/
const person = z.string().max(1024).regex(PERSON, 'must be `Name <address>` or an address')
const people = z.array(person).max(5000)
const share = z.number().min(0).max(1)
const importance = z.enum(['low', 'normal', 'high']).default('normal').describe('Importance')
const sensitivity = z
  .enum(['normal', 'personal', 'private', 'confidential'])
  .default('normal')
  .describe('Sensitivity; `private` hides an appointment from delegates')
const categories = z.array(z.string().min(1).max(255)).default([]).describe('Categories by name')
const subject = z.string().max(SUBJECT_CHARS).default('').describe('Subject')
const body = z.string().optional().describe('Plain text body')
const html = z.string().optional().describe('HTML body')
const reminder = z
  .number()
  .int()
  .min(0)
  .max(40_320)
  .optional()
  .describe('Minutes before the start at which the owner is reminded')

const plainAttachment = z.strictObject({
  name: z.string().min(1).max(255).optional().describe('File name shown to people; the subject of an embedded message'),
  contentType: z.string().min(1).max(255).optional().describe('MIME type, e.g. text/plain'),
  text: z.string().optional().describe('Content as text (stored as UTF-8)'),
  base64: z.base64().optional().describe('Content as base64'),
  file: z.string().min(1).max(4096).optional().describe('Content of a file, relative to the world file'),
  size: size.optional().describe('Content made up from the world: so many bytes'),
  contentId: z
    .string()
    .regex(/^[^\s<>]+$/, 'must have no spaces and no angle brackets')
    .optional()
    .describe('Content id, by which an HTML body shows it as `cid:`'),
  inline: z.boolean().optional().describe('Shown in the body and not in the list; true where there is a content id')
})

export interface WorldAttachment extends z.infer<typeof plainAttachment> {
  message?: WorldMessage | undefined
}

export const attachmentSchema = z
  .strictObject({
    ...plainAttachment.shape,
    get message(): z.ZodOptional<z.ZodType<WorldMessage>> {
      return (messageSchema as z.ZodType<WorldMessage>).optional().describe('A message inside this one')
    }
  })
  .meta({ id: 'attachment' })

export const flagSchema = z
  .strictObject({
    status: z.enum(['flagged', 'complete']).default('flagged').describe('Whether it is still to be done'),
    request: z.string().min(1).max(255).default('Follow up').describe('What is to be done'),
    start: moment.optional().describe('When to begin'),
    due: moment.optional().describe('When it is due'),
    completed: moment.optional().describe('When it was done'),
    reminder: moment.optional().describe('When the owner is reminded')
  })
  .meta({ id: 'flag' })

const plainMessage = z.strictObject({
  subject,
  from: person.optional().describe('Author: `Name <address>` or an address; the mailbox owner when absent'),
  sender: person.optional().describe('Who sent it on behalf of the author, where that is somebody else'),
  to: people.default([]).describe('Primary recipients'),
  cc: people.default([]).describe('Carbon copy recipients'),
  bcc: people.default([]).describe('Blind carbon copy recipients'),
  replyTo: people.default([]).describe('Where answers go, if not to the author'),
  received: moment.optional().describe('Delivery time; `now` of the world when absent'),
  sent: moment.optional().describe('Time of sending; the delivery time when absent'),
  read: z.boolean().default(false).describe('Whether the message has been read'),
  draft: z.boolean().default(false).describe('A message that was not sent yet'),
  importance,
  sensitivity,
  messageClass: z.string().min(1).max(255).default('IPM.Note').describe('Message class'),
  categories,
  flag: flagSchema.optional().describe('Flag for follow-up'),
  messageId: z
    .string()
    .regex(/^<[^\s<>]+@[^\s<>]+>$/, 'must have the form <left@right>')
    .optional()
    .describe('Internet message id; made up when absent'),
  inReplyTo: z
    .string()
    .regex(/^<[^\s<>]+@[^\s<>]+>$/, 'must have the form <left@right>')
    .optional()
    .describe('Internet message id of the message that it answers: both are then one conversation'),
  body,
  html
})

const attachments = z.array(attachmentSchema).max(1024).default([]).describe('Attachments')

export interface WorldMessage extends z.infer<typeof plainMessage> {
  attachments: WorldAttachment[]
}

export const messageSchema = z.strictObject({ ...plainMessage.shape, attachments }).meta({ id: 'message' })

export const RESPONSES = ['none', 'accepted', 'tentative', 'declined'] as const
export const ATTENDEE_KINDS = ['required', 'optional', 'resource'] as const

export const attendeeSchema = z
  .strictObject({
    who: person.describe('`Name <address>` or an address'),
    kind: z.enum(ATTENDEE_KINDS).default('required').describe('How much the attendee is needed; a room is a resource'),
    response: z.enum(RESPONSES).default('none').describe('What the attendee has answered')
  })
  .meta({ id: 'attendee' })

export const appointmentSchema = z
  .strictObject({
    subject,
    start: moment.describe('Begin'),
    end: moment.optional().describe('End; give this or the duration'),
    duration: z.number().int().min(0).max(1_000_000).optional().describe('Minutes; 30, or a day, when there is no end'),
    allDay: z
      .boolean()
      .default(false)
      .describe('An event of whole days; it begins at midnight of the place, so write the offset'),
    location: z.string().max(255).default('').describe('Place'),
    busy: z
      .enum(['free', 'tentative', 'busy', 'outOfOffice', 'workingElsewhere'])
      .optional()
      .describe('How the time is shown; busy, or free for a whole day, when absent'),
    organizer: person.optional().describe('Who organises it; the mailbox owner when absent'),
    attendees: z
      .array(z.union([person, attendeeSchema]))
      .max(5000)
      .default([])
      .describe('Attendees: with any it is a meeting'),
    response: z
      .enum(RESPONSES)
      .default('accepted')
      .describe('What the owner has answered to a meeting of somebody else'),
    reminder,
    importance,
    sensitivity,
    categories,
    body,
    html,
    attachments
  })
  .meta({ id: 'appointment' })

/** Attributes of directory entries that contacts have, too: the same names, limits and properties. */
export const CONTACT_ATTRIBUTES = [
  ...['givenName', 'middleName', 'surname', 'initials', 'generation', 'namePrefix', 'nickname'],
  ...['phoneticGivenName', 'phoneticSurname', 'phoneticCompany', 'title', 'company', 'department', 'office'],
  ...['profession', 'assistant', 'assistantPhone', 'businessPhone', 'homePhone', 'mobilePhone', 'otherPhone'],
  ...['companyPhone', 'pager', 'fax', 'homeFax', 'telex', 'ttyPhone', 'street', 'postOfficeBox', 'city', 'state'],
  ...['postalCode', 'country', 'homeStreet', 'homePostOfficeBox', 'homeCity', 'homeState', 'homePostalCode'],
  ...['homeCountry', 'webPage', 'language', 'spouse', 'hobbies', 'birthday', 'weddingAnniversary', 'photo']
] as const satisfies readonly AttributeName[]

export const contactItemSchema = z
  .strictObject({
    name: z.string().min(1).max(255).describe('Display name'),
    fileAs: z.string().min(1).max(255).optional().describe('Name under which it is filed; `Last, First` when absent'),
    emails: z.array(person).max(3).default([]).describe('Up to three: `Name <address>` or an address'),
    ...attributeKeys(CONTACT_ATTRIBUTES),
    sensitivity,
    categories,
    body: z.string().optional().describe('Notes')
  })
  .meta({ id: 'contactItem' })

export const taskSchema = z
  .strictObject({
    subject,
    start: moment.optional().describe('Day on which it begins'),
    due: moment.optional().describe('Day on which it is due'),
    status: z
      .enum(['notStarted', 'inProgress', 'complete', 'waiting', 'deferred'])
      .default('notStarted')
      .describe('How it stands'),
    percentComplete: share.optional().describe('Share that is done, 0 to 1; follows from the status when absent'),
    completed: moment.optional().describe('Day on which it was done; the day it was due, or `now`, when absent'),
    owner: person.optional().describe('Whose task it is; the mailbox owner when absent'),
    estimate: z.number().int().min(0).max(1_000_000).optional().describe('Minutes that it is thought to take'),
    spent: z.number().int().min(0).max(1_000_000).optional().describe('Minutes that it has taken'),
    reminder: moment.optional().describe('When the owner is reminded'),
    importance,
    sensitivity,
    categories,
    body,
    attachments
  })
  .meta({ id: 'task' })

export const NOTE_COLORS = ['blue', 'green', 'pink', 'yellow', 'white'] as const

export const noteSchema = z
  .strictObject({
    body: z.string().min(1).describe('Text; its first line is the subject'),
    color: z.enum(NOTE_COLORS).default('yellow').describe('Colour'),
    categories
  })
  .meta({ id: 'note' })

const count = (most: number) => z.number().int().min(0).max(most).optional()

export const generateSchema = z
  .strictObject({
    seed: z
      .union([z.number().int(), z.string()])
      .describe('The same seed gives the same content everywhere; a larger number later appends what is new'),
    messages: count(10_000_000).describe('How many messages'),
    appointments: count(1_000_000).describe('How many appointments'),
    contacts: count(1_000_000).describe('How many contacts'),
    tasks: count(1_000_000).describe('How many tasks'),
    days: z
      .number()
      .int()
      .min(1)
      .max(36_500)
      .default(365)
      .describe('Spread over this many days before `now` of the world'),
    ahead: z
      .number()
      .int()
      .min(0)
      .max(36_500)
      .default(30)
      .describe('Appointments and tasks reach so many days beyond it'),
    languages: z
      .array(z.enum(LANGUAGES))
      .min(1)
      .default(['en'])
      .describe('Languages of the content; those who write have names of these languages'),
    unread: share.default(0.2).describe('Share of unread messages'),
    replies: share.default(0.35).describe('Share of messages that answer an earlier one'),
    html: share.default(0).describe('Share of messages with an HTML body, too'),
    categories: share.default(0).describe('Share of items with a category'),
    flags: share.default(0).describe('Share of messages that are flagged for follow-up'),
    meetings: share
      .default(0)
      .describe('Share of messages that ask for a meeting; those that were accepted stand in the calendar'),
    attachments: share.default(0.1).describe('Share of messages with an attachment'),
    large: share.default(0).describe('Share of attachments that are large'),
    largeSize: size.default('5 MB').describe('Size of a large attachment')
  })
  .meta({ id: 'generate' })

export const permissionSchema = z
  .strictObject({
    who: z
      .string()
      .max(256)
      .regex(/^(default|anonymous|[^@\s]+@[^@\s]+)$/, 'must be an address, `default` or `anonymous`')
      .describe('Address of a user or list; `default`: everybody else; `anonymous`: whom nobody knows'),
    rights: rights.describe('A level, or a list of single rights')
  })
  .meta({ id: 'permission' })

/** The lists of items that a folder may have, by their keys. */
const items = {
  messages: z.array(messageSchema).default([]).describe('Messages'),
  appointments: z.array(appointmentSchema).default([]).describe('Appointments and meetings'),
  contacts: z.array(contactItemSchema).default([]).describe('Contacts of the owner'),
  tasks: z.array(taskSchema).default([]).describe('Tasks'),
  notes: z.array(noteSchema).default([]).describe('Sticky notes'),
  generate: generateSchema.optional().describe('Content made up from a seed')
}

const folderClass = z
  .string()
  .min(1)
  .max(255)
  .optional()
  .describe('Container class of a folder that the world makes, e.g. IPF.Note')

export const folderSchema = z
  .strictObject({
    path: z
      .string()
      .min(1)
      .max(4096)
      .describe('Well-known name (inbox, sentItems, drafts, ...) or a path below the IPM subtree, `/` between names'),
    class: folderClass,
    permissions: z.array(permissionSchema).default([]).describe('Who else may do what with the folder'),
    ...items
  })
  .meta({ id: 'folder' })

/** The keys of a public folder, but for its address. */
export const publicFolderKeys = {
  path: z.string().min(1).max(4096).describe('Path below the root of the public folders, `/` between names'),
  class: folderClass,
  permissions: z
    .array(permissionSchema)
    .default([])
    .describe('Who may do what; everybody may read and write when nothing is said'),
  replicas: z
    .array(serverName)
    .min(1)
    .max(100)
    .optional()
    .describe(
      'Servers that have its content: `here`, names, or GUIDs of public folder mailboxes elsewhere; here only when absent'
    ),
  ...items
}

/** How many items are to be generated. */
export function countsOf(
  spec: GenerateSpec | undefined
): Record<'messages' | 'appointments' | 'contacts' | 'tasks', number> {
  const { messages = 0, appointments = 0, contacts = 0, tasks = 0 } = spec ?? {}
  return { messages, appointments, contacts, tasks }
}

export type WorldFlag = z.infer<typeof flagSchema>
export type WorldAppointment = z.infer<typeof appointmentSchema>
export type WorldContactItem = z.infer<typeof contactItemSchema>
export type WorldTask = z.infer<typeof taskSchema>
export type WorldNote = z.infer<typeof noteSchema>
export type GenerateSpec = z.infer<typeof generateSchema>
export type WorldPermission = z.infer<typeof permissionSchema>
export type WorldFolder = z.infer<typeof folderSchema>
