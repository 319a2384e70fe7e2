import { z } from 'zod'
import { findLocaleId, knownLocales } from './locales.js'

/**
 * The shape of a world file: what a server contains before anybody connects. YAML or JSON; every mapping is closed, so
 * that a misspelt key is an error with its position and not a silent nothing.
 */

const address = z
  .string()
  .regex(/^[^@\s]+@[^@\s]+$/, 'must be an address such as alice@example.com')
  .describe('SMTP address; it is the name to log on with, too')

const moment = z
  .string()
  .refine(text => !Number.isNaN(Date.parse(text)), 'must be a date and time such as 2026-03-01T09:30:00Z')
  .describe('Date and time, ISO 8601')

export const attachmentSchema = z.strictObject({
  name: z.string().min(1).describe('File name shown to people'),
  contentType: z.string().optional().describe('MIME type, e.g. text/plain'),
  text: z.string().optional().describe('Content as text (stored as UTF-8)'),
  base64: z.string().optional().describe('Content as base64'),
  size: z.number().int().min(0).optional().describe('Content made up from the seed: this many bytes')
})

export const messageSchema = z.strictObject({
  subject: z.string().default('').describe('Subject'),
  from: z.string().optional().describe('Sender: `Name <address>` or an address; the mailbox owner when absent'),
  to: z.array(z.string()).default([]).describe('Primary recipients'),
  cc: z.array(z.string()).default([]).describe('Carbon copy recipients'),
  bcc: z.array(z.string()).default([]).describe('Blind carbon copy recipients'),
  received: moment.optional().describe('Delivery time'),
  read: z.boolean().default(false).describe('Whether the message has been read'),
  importance: z.enum(['low', 'normal', 'high']).default('normal'),
  messageClass: z.string().default('IPM.Note').describe('Message class'),
  body: z.string().default('').describe('Plain text body'),
  html: z.string().optional().describe('HTML body'),
  attachments: z.array(attachmentSchema).default([])
})

export const generateSchema = z.strictObject({
  seed: z.union([z.number().int(), z.string()]).describe('The same seed gives the same messages everywhere'),
  messages: z.number().int().min(0).max(10_000_000).describe('How many messages'),
  days: z
    .number()
    .int()
    .min(1)
    .max(36_500)
    .default(365)
    .describe('Spread over this many days before `now` of the world'),
  unread: z.number().min(0).max(1).default(0.2).describe('Share of unread messages'),
  attachments: z.number().min(0).max(1).default(0.1).describe('Share of messages with an attachment')
})

export const folderSchema = z.strictObject({
  path: z
    .string()
    .min(1)
    .describe('Well-known name (inbox, sentItems, drafts, ...) or a path below the IPM subtree, `/` between names'),
  class: z.string().optional().describe('Container class of a folder made by the world, e.g. IPF.Note'),
  messages: z.array(messageSchema).default([]),
  generate: generateSchema.optional()
})

export const userSchema = z.strictObject({
  address,
  name: z.string().min(1).describe('Display name'),
  password: z.string().min(1).describe('Password in the clear; it is kept as a salted slow hash only'),
  aliases: z.array(address).default([]).describe('Further addresses'),
  legacyDn: z
    .string()
    .regex(/^\/o=/i, 'must begin with /o=')
    .optional()
    .describe('Legacy DN; made from organisation and address when absent'),
  locale: z
    .string()
    .refine(locale => findLocaleId(locale) !== undefined, `must be one of ${knownLocales.join(', ')}`)
    .default('en-US')
    .describe('Language of folder names, e.g. de-DE'),
  opens: z.array(address).default([]).describe('Addresses of other mailboxes that this user may open with full access'),
  folders: z.array(folderSchema).default([])
})

export const worldSchema = z.strictObject({
  ropewalk: z.literal(1).describe('Version of the format'),
  name: z
    .string()
    .min(1)
    .describe('Name of the world: ids are derived from it, so that the same world is the same everywhere'),
  organization: z.string().min(1).default('Ropewalk').describe('Organisation, the first part of legacy DNs'),
  domain: z.string().min(1).describe('SMTP domain'),
  now: moment.default('2026-01-05T09:00:00Z').describe('The moment at which the world was made'),
  users: z.array(userSchema).min(1)
})

export type World = z.infer<typeof worldSchema>
export type WorldUser = z.infer<typeof userSchema>
export type WorldFolder = z.infer<typeof folderSchema>
export type WorldMessage = z.infer<typeof messageSchema>
export type WorldAttachment = z.infer<typeof attachmentSchema>
export type GenerateSpec = z.infer<typeof generateSchema>
