import { z } from 'zod'
import { personalities } from '../config.js'
import {
  addressListSchema,
  contactSchema,
  groupSchema,
  publicFolderMailboxSchema,
  publicFolderSchema,
  resourceSchema,
  roomListSchema,
  userSchema
} from './schema-entries.js'
import { moment } from './schema-values.js'

/**
 * The shape of a world file: what a server contains before anybody connects. YAML or JSON; every mapping is closed, so
 * that a misspelt key is an error with its position and not a silent nothing. README.md and world.schema.json are made
 * from it.
 */

const domain = z
  .string()
  .regex(/^[A-Za-z0-9]([A-Za-z0-9.-]{0,251}[A-Za-z0-9])?$/, 'must be a domain such as example.com')

export const worldSchema = z
  .strictObject({
    ropewalk: z.literal(1).describe('Version of the format'),
    name: z
      .string()
      .min(1)
      .max(128)
      .describe('Name of the world: ids are derived from it, so that the same world is the same everywhere'),
    organization: z
      .string()
      .regex(/^[\w .-]{1,64}$/, 'must have 1 to 64 letters, digits, spaces, dots, hyphens and underscores')
      .default('Ropewalk')
      .describe('Organisation, the first part of legacy DNs'),
    domain: domain.describe('SMTP domain'),
    domains: z.array(domain).default([]).describe('Further SMTP domains'),
    personality: z
      .enum(Object.keys(personalities))
      .optional()
      .describe('Version of Exchange that a server with this world behaves like, unless it is told otherwise'),
    now: moment.default('2026-01-05T09:00:00Z').describe('The moment at which the world was made'),
    addressLists: z
      .array(addressListSchema)
      .default([])
      .describe('Address lists beside those that every organisation has'),
    users: z.array(userSchema).default([]).describe('People with a mailbox'),
    sharedMailboxes: z.array(resourceSchema).default([]).describe('Mailboxes that several people use'),
    rooms: z.array(resourceSchema).default([]).describe('Rooms, which can be invited to meetings'),
    equipment: z.array(resourceSchema).default([]).describe('Equipment, which can be invited to meetings'),
    roomLists: z.array(roomListSchema).default([]).describe('Lists of rooms, which meeting planners offer'),
    groups: z.array(groupSchema).default([]).describe('Distribution lists'),
    contacts: z
      .array(contactSchema)
      .default([])
      .describe('People outside the organisation whom the address book knows'),
    publicFolderMailbox: publicFolderMailboxSchema
      .optional()
      .describe('The mailbox that holds the public folders; made up when there are public folders and no such key'),
    publicFolders: z.array(publicFolderSchema).default([]).describe('Public folders')
  })
  .meta({ title: 'Ropewalk world file', description: 'What a server contains before anybody connects' })

/** A checked world. */
export interface World extends z.infer<typeof worldSchema> {
  /** Contents of the files that it names, by the path that stands in it. */
  files?: ReadonlyMap<string, Uint8Array>
}
