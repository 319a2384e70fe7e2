import { z } from 'zod'
import {
  type AttributeSpec,
  attributeNames,
  attributeSpecs,
  entryKinds,
  filterAttributes,
  HOST,
  mailboxKinds,
  roles
} from '../../directory/index.js'

/**
 * The shapes in which the admin API takes and shows entries of the directory. Attributes come from the directory's own
 * table; links are addresses, bytes are base64. Every object is closed: a misspelt field is an error with its place.
 */

const ADDRESS_CHARS = 256
const LIST_ENTRIES = 100_000
/** Longest password that is taken: enough for any passphrase, and bounded work for the hash. */
const PASSWORD_CHARS = 256

const address = z
  .string()
  .max(ADDRESS_CHARS)
  .regex(/^[^@\s]+@[^@\s]+$/, 'must be an address such as kim@example.com')
  .describe('SMTP address')
const addresses = (description: string) => z.array(address).max(LIST_ENTRIES).describe(description)
const name = z.string().min(1).max(256).describe('Display name')
const password = z
  .string()
  .min(1)
  .max(PASSWORD_CHARS)
  .describe('Password in the clear; only a salted slow hash, and what NTLM needs, is kept, sealed')

function valueSchema(spec: AttributeSpec): z.ZodType {
  switch (spec.type) {
    case 'text':
      return z.string().min(1).max(spec.limit).describe(spec.description)
    case 'texts':
      return z.array(z.string().min(1).max(spec.limit)).min(1).describe(spec.description)
    case 'number':
      return z.number().int().min(-spec.limit).max(spec.limit).describe(spec.description)
    case 'boolean':
      return z.boolean().describe(spec.description)
    case 'time':
      return z
        .string()
        .refine(text => !Number.isNaN(Date.parse(text)), 'must be a date, ISO 8601')
        .describe(`${spec.description}, ISO 8601`)
    case 'bytes':
      return z.base64().min(1).describe(`${spec.description}, base64; at most ${spec.limit} bytes`)
    case 'bytesList':
      return z
        .array(z.base64().min(1))
        .min(1)
        .describe(`${spec.description}, base64 each; at most ${spec.limit} bytes each`)
  }
}

const values = attributeNames.map(name => [name, valueSchema(attributeSpecs[name])] as const)
const attributes = z
  .strictObject(Object.fromEntries(values.map(([name, schema]) => [name, schema.optional()])))
  .meta({ id: 'Attributes', description: 'What the address book shows beside the names' })
const attributesChange = z
  .strictObject(Object.fromEntries(values.map(([name, schema]) => [name, schema.nullable().optional()])))
  .meta({ id: 'AttributesChange', description: 'Attributes to set; null removes one' })

const bytesLimit = z.number().int().min(0).max(Number.MAX_SAFE_INTEGER).nullable()
const limitShape = {
  warningBytes: bytesLimit.describe('Size of the mailbox at which its owner is warned'),
  sendBytes: bytesLimit.describe('Size at which nothing can be sent'),
  receiveBytes: bytesLimit.describe('Size at which nothing is added any more, by delivery or by clients'),
  sendMessageBytes: bytesLimit.describe('Largest message that may be sent'),
  receiveMessageBytes: bytesLimit.describe('Largest message that is delivered')
}
const limits = z
  .strictObject(limitShape)
  .meta({ id: 'Limits', description: 'Limits of the mailbox in bytes; null: that of the server' })
const limitsChange = z
  .strictObject(limitShape)
  .partial()
  .meta({ id: 'LimitsChange', description: 'Limits to set; null: that of the server' })

const filter = z
  .strictObject({
    kinds: z.array(z.enum(entryKinds)).max(entryKinds.length).optional().describe('Of one of these kinds'),
    domains: z
      .array(z.string().min(1).max(255))
      .max(1000)
      .optional()
      .describe('With an address in one of these domains'),
    attributes: z
      .strictObject(Object.fromEntries(filterAttributes.map(name => [name, z.string().min(1).optional()])))
      .optional()
      .describe('With these texts, compared without case')
  })
  .meta({ id: 'EntryFilter', description: 'Which entries are members; what is not said is not asked for' })

const common = {
  name,
  aliases: addresses('Further SMTP addresses'),
  proxyAddresses: z
    .array(z.string().min(3).max(1123))
    .max(1000)
    .describe('Further addresses of other types, each TYPE:address, e.g. an X500: DN'),
  hidden: z.boolean().describe('Not shown in address lists'),
  manager: address.nullable().describe('Address of the entry that this one reports to'),
  delegates: addresses('Addresses of those who may send on its behalf')
}

const ofMailboxes = {
  opens: addresses('Addresses of the mailboxes that it may open as if they were its own'),
  roles: z.array(z.enum(roles)).max(roles.length).describe('What it may do beyond its own mailbox'),
  disabled: z.boolean().describe('Nobody can log on for the time being'),
  homeServer: z
    .string()
    .regex(HOST, 'must be the name of a host, with a port or without')
    .nullable()
    .describe('Host of the server that has the mailbox, which clients are sent to; null: this one')
}

const owners = addresses('Addresses of those who manage it')
const ofGroups = {
  members: addresses('Addresses of the members'),
  owners,
  isRoomList: z.boolean().describe('A list of rooms, which meeting planners offer as a place')
}
const path = z
  .string()
  .min(1)
  .max(4096)
  .describe('Names of the folder and of those above it below the IPM subtree, `/` between them')

const optional = <T extends z.core.$ZodLooseShape>(shape: T) => z.strictObject(shape).partial().shape

const newCommon = { ...optional(common), attributes: attributes.optional() }
const newMailbox = {
  ...newCommon,
  ...optional(ofMailboxes),
  name: name.optional().describe('Display name; the part of the address before the @ when absent'),
  password: password.optional(),
  limits: limitsChange.optional(),
  locale: z
    .string()
    .max(35)
    .optional()
    .describe('Language of the folder names of a new mailbox, e.g. de-DE; en-US when absent')
}
const newEntry = { ...newCommon, name: name.optional().describe('Display name; the address when absent') }

/** Body of POST /admin/users. */
export const newUserSchema = z
  .strictObject({
    address,
    kind: z.enum(mailboxKinds).optional().describe('Kind of mailbox; user when absent'),
    ...newMailbox
  })
  .meta({ id: 'NewUser' })
export type NewUser = z.infer<typeof newUserSchema>

/** Body of POST /admin/entries. */
export const newEntrySchema = z
  .discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('contact'), address, ...newEntry }),
    z.strictObject({ kind: z.literal('group'), address, ...newEntry, ...optional(ofGroups) }),
    z.strictObject({ kind: z.literal('dynamicGroup'), address, ...newEntry, filter, owners: owners.optional() }),
    z.strictObject({ kind: z.literal('publicFolder'), address, ...newEntry, path }),
    z.strictObject({ kind: z.enum(mailboxKinds), address, ...newMailbox })
  ])
  .meta({ id: 'NewEntry' })
export type NewEntry = z.infer<typeof newEntrySchema>

/** Body of PATCH /admin/users/{address}. What clients cache (address, kind, ids, legacy DN) never changes. */
export const userChangeSchema = z
  .strictObject({
    ...optional(common),
    ...optional(ofMailboxes),
    attributes: attributesChange.optional(),
    limits: limitsChange.optional(),
    password: password.nullable().optional().describe('New password; null: nobody can log on')
  })
  .meta({ id: 'UserChange' })
export type UserChange = z.infer<typeof userChangeSchema>

/** Body of PATCH /admin/entries/{entry}; a field that the entry's kind does not have is refused. */
export const entryChangeSchema = z
  .strictObject({
    ...userChangeSchema.shape,
    ...optional(ofGroups),
    filter: filter.optional(),
    path: path.optional()
  })
  .meta({ id: 'EntryChange' })
export type EntryChangeBody = z.infer<typeof entryChangeSchema>

const ids = {
  guid: z.guid().describe('GUID of the directory object'),
  address,
  legacyDn: z.string().describe('Legacy DN')
}
const shownMailbox = {
  mailboxGuid: z.guid().describe('GUID of the mailbox'),
  hasPassword: z.boolean().describe('Whether it can log on with a password'),
  ...ofMailboxes,
  limits
}

/** A principal as the API shows it. */
export const userSchema = z
  .strictObject({
    kind: z.enum(mailboxKinds),
    ...ids,
    ...common,
    attributes,
    ...shownMailbox
  })
  .meta({ id: 'User' })
export type UserView = z.infer<typeof userSchema>

/** Any entry as the API shows it. */
export const entrySchema = z
  .strictObject({
    kind: z.enum(entryKinds),
    ...ids,
    ...common,
    attributes,
    ...optional(shownMailbox),
    ...optional(ofGroups),
    filter: filter.optional(),
    path: path.optional()
  })
  .meta({ id: 'Entry' })
export type EntryView = z.infer<typeof entrySchema>
