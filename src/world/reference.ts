import { join } from 'node:path'
import { z } from 'zod'
import { type AttributeSpec, attributeNames, attributeSpecs } from '../directory/index.js'
import { examples } from './reference-examples.js'
import { worldSchema } from './schema.js'
import {
  addressListSchema,
  contactSchema,
  delegateSchema,
  groupSchema,
  publicFolderMailboxSchema,
  publicFolderSchema,
  resourceSchema,
  roomListSchema,
  userSchema
} from './schema-entries.js'
import {
  appointmentSchema,
  attachmentSchema,
  attendeeSchema,
  contactItemSchema,
  flagSchema,
  folderSchema,
  generateSchema,
  messageSchema,
  noteSchema,
  permissionSchema,
  taskSchema
} from './schema-items.js'
import { filter } from './schema-values.js'

/** The page that a user reads, four folders above this file when compiled. */
export const referenceFile = join(import.meta.dirname, '..', '..', '..', 'src', 'world', 'README.md')

const BEGIN = '<!-- reference: made by generate-schema.ts from the schema -->'
const END = '<!-- end of the reference -->'

type Schema = z.core.$ZodType
type Shape = Readonly<Record<string, Schema>>

/** Mappings of a world file, in the order in which a reader meets them. */
export const SECTIONS: readonly [title: string, of: string, schema: z.ZodObject][] = [
  ['World', 'the file itself', worldSchema],
  ['Address list', 'one of `addressLists`', addressListSchema],
  ['User', 'one of `users`', userSchema],
  ['Resource', 'one of `sharedMailboxes`, `rooms`, `equipment`', resourceSchema],
  ['Delegate', 'one of `delegates`', delegateSchema],
  ['Room list', 'one of `roomLists`', roomListSchema],
  ['Group', 'one of `groups`', groupSchema],
  ['Contact', 'one of the `contacts` of the world', contactSchema],
  ['Public folder mailbox', '`publicFolderMailbox`', publicFolderMailboxSchema],
  ['Public folder', 'one of `publicFolders`', publicFolderSchema],
  ['Mail of a public folder', '`mail` of a public folder', mailOf(publicFolderSchema)],
  ['Limits', '`limits` of a mailbox', objectOf(userSchema.shape.limits)],
  ['Filter', '`filter` of a group or an address list', filter],
  ['Folder', 'one of `folders`', folderSchema],
  ['Permission', 'one of `permissions`', permissionSchema],
  ['Message', 'one of `messages`', messageSchema],
  ['Flag', '`flag` of a message', flagSchema],
  ['Attachment', 'one of `attachments`', attachmentSchema],
  ['Appointment', 'one of `appointments`', appointmentSchema],
  ['Attendee', 'one of `attendees`', attendeeSchema],
  ['Contact in a folder', 'one of the `contacts` of a folder', contactItemSchema],
  ['Task', 'one of `tasks`', taskSchema],
  ['Note', 'one of `notes`', noteSchema],
  ['Generate', '`generate` of a folder', generateSchema]
]

function mailOf({ shape }: typeof publicFolderSchema): z.ZodObject {
  return objectOf(shape.mail)
}

function objectOf(schema: Schema): z.ZodObject {
  const inner = unwrapped(schema)
  if (!(inner instanceof z.ZodObject)) throw new TypeError('not a mapping')
  return inner
}

/** The page with its reference made anew. */
export function withReference(page: string): string {
  const begin = page.indexOf(BEGIN)
  const end = page.indexOf(END)
  if (begin < 0 || end < begin) throw new Error('the page has no place for the reference')
  return `${page.slice(0, begin + BEGIN.length)}\n\n${reference()}\n${page.slice(end)}`
}

function reference(): string {
  const tables = SECTIONS.map(([title, of, { shape }]) => section(title, `${titled(of)}.`, table(shape)))
  return [...tables, section('Attributes', ATTRIBUTES_TEXT, attributeTable())].join('\n')
}

function section(title: string, text: string, rows: string): string {
  return `### ${title}\n\n${text}\n\n${rows}\n\`\`\`yaml${examples[title]}\n\`\`\`\n`
}

const ATTRIBUTES_TEXT = 'What every entry of the address book may have beside its names.'

function titled(text: string): string {
  return text[0].toUpperCase() + text.slice(1)
}

/** Keys with their meaning; the attributes of the directory among them are one row. */
function table(shape: Shape): string {
  const names = attributeNames.filter(name => name in shape)
  const rows = Object.entries(shape).filter(([key]) => !(key in attributeSpecs))
  const lines = rows.map(([key, schema]) => `| \`${key}\` | ${typeOf(schema)} | ${meaningOf(schema)} |`)
  if (names.length === attributeNames.length) lines.push('| ... | | every key under [Attributes](#attributes) |')
  else if (names.length > 0)
    lines.push(`| ${names.map(name => `\`${name}\``).join(', ')} | | as under [Attributes](#attributes) |`)
  return ['| key | value | meaning |', '| --- | --- | --- |', ...lines, ''].join('\n')
}

function attributeTable(): string {
  const lines = attributeNames.map(name => {
    const { description, type, limit }: AttributeSpec = attributeSpecs[name]
    const kind = {
      text: 'text',
      texts: 'list of texts',
      number: 'whole number',
      boolean: 'true or false',
      time: 'date'
    }
    const value =
      type === 'bytes' ? 'file or `{ base64 }`' : type === 'bytesList' ? 'list of files or `{ base64 }`' : kind[type]
    const most = type === 'text' || type === 'texts' ? `, at most ${limit} characters` : ''
    return `| \`${name}\` | ${value}${most} | ${cell(description)} |`
  })
  return ['| key | value | meaning |', '| --- | --- | --- |', ...lines, ''].join('\n')
}

function meaningOf(schema: Schema): string {
  const description =
    (schema as z.ZodType).description ?? (unwrapped(schema) as z.ZodType | undefined)?.description ?? ''
  const fallback = defaultOf(schema)
  return `${cell(description)}${fallback === undefined ? '' : `; \`${fallback}\` when absent`}`
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|')
}

/** A default worth telling: that a list is empty says nothing. */
function defaultOf(schema: Schema): string | undefined {
  if (!(schema instanceof z.ZodDefault)) return undefined
  const value = schema.def.defaultValue as unknown
  const isNothing =
    value === '' || value === false || (typeof value === 'object' && Object.keys(value ?? {}).length === 0)
  return isNothing ? undefined : typeof value === 'string' ? value : JSON.stringify(value)
}

function unwrapped(schema: Schema | undefined): Schema | undefined {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodDefault) return unwrapped(schema.unwrap() as Schema)
  return schema
}

/** A value in words, as short as a table wants it. */
function typeOf(schema: Schema): string {
  const inner = unwrapped(schema)
  const required = schema instanceof z.ZodOptional || schema instanceof z.ZodDefault ? '' : ' (required)'
  return wordsOf(inner) + required
}

function wordsOf(schema: Schema | undefined): string {
  if (schema instanceof z.ZodArray) return `list of ${wordsOf(unwrapped(schema.element as Schema))}`
  if (schema instanceof z.ZodUnion)
    return (schema.options as Schema[]).map(option => wordsOf(unwrapped(option))).join(' or ')
  if (schema instanceof z.ZodEnum) return schema.options.map(option => `\`${option}\``).join(', ')
  if (schema instanceof z.ZodLiteral) return `\`${[...schema.values].join(', ')}\``
  if (schema instanceof z.ZodNumber) return 'number'
  if (schema instanceof z.ZodBoolean) return 'true or false'
  if (schema instanceof z.ZodRecord) return 'mapping'
  if (schema instanceof z.ZodObject) return 'mapping'
  return 'text'
}
