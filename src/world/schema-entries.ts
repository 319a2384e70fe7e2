import { z } from 'zod'
import { type MailboxLimits, noLimits, roles } from '../directory/index.js'
import { folderSchema, publicFolderKeys } from './schema-items.js'
import { address, allAttributes, culture, filter, limitSize, rights, serverName } from './schema-values.js'

/** Who there is: mailboxes of all kinds, lists, contacts, public folders. */

const PASSWORD_CHARS = 256
const PROXY_CHARS = 1123

const name = z.string().min(1).max(256).describe('Display name')
const addresses = z.array(address).max(100_000).default([])
const aliases = addresses.describe('Further addresses')
const hidden = z.boolean().default(false).describe('Not shown in address lists')
const manager = address.optional().describe('Address of the entry that this one reports to')

/** What every entry of the address book has. */
const common = {
  name,
  aliases,
  proxyAddresses: z
    .array(
      z
        .string()
        .max(PROXY_CHARS)
        .regex(/^[A-Za-z0-9.-]{1,16}:[^\0\r\n]+$/, 'must have the form TYPE:address')
        .refine(text => !/^smtp:/i.test(text), 'is an SMTP address: write it under aliases')
    )
    .default([])
    .describe('Further addresses of other types, each `TYPE:address`, e.g. an `X500:` DN that the entry had elsewhere'),
  legacyDn: z
    .string()
    .max(1024)
    .regex(/^\/o=/i, 'must begin with /o=')
    .optional()
    .describe('Legacy DN; made from organisation and address when absent'),
  hidden,
  manager,
  ...allAttributes
}

const LIMIT_TEXTS: Readonly<Record<keyof MailboxLimits, string>> = {
  warningBytes: 'Size of the mailbox at which its owner is warned',
  sendBytes: 'Size at which nothing can be sent any more',
  receiveBytes: 'Size at which nothing is added any more, by delivery or by clients',
  sendMessageBytes: 'Largest message that can be sent',
  receiveMessageBytes: 'Largest message that is delivered'
}

type WithoutUnit<Name> = Name extends `${infer Stem}Bytes` ? Stem : never
export type LimitKey = WithoutUnit<keyof MailboxLimits>

/** `warning` for `warningBytes`, and so on: a size carries its unit itself. */
export const limitKeys = Object.keys(noLimits).map(key => key.replace(/Bytes$/, '')) as LimitKey[]

const limits = z
  .strictObject(
    Object.fromEntries(
      limitKeys.map(key => [key, limitSize.optional().describe(LIMIT_TEXTS[`${key}Bytes`])])
    ) as Record<LimitKey, z.ZodOptional<typeof limitSize>>
  )
  .meta({ id: 'limits' })

const homeServer = serverName
  .optional()
  .describe('Server that has the mailbox, which clients are sent to; this one when absent')

export const delegateSchema = z
  .strictObject({
    who: address.describe('Address of the delegate'),
    sendOnBehalf: z.boolean().default(true).describe('May send messages on behalf of the owner'),
    folders: z
      .record(z.string().min(1), rights)
      .default({})
      .describe('What the delegate may do, by path of a folder, e.g. `{ calendar: editor }`')
  })
  .meta({ id: 'delegate' })

/** What every mailbox of a person, team or room has. */
const mailboxKeys = {
  address: address.describe('SMTP address; it is the name to log on with, too'),
  ...common,
  disabled: z.boolean().default(false).describe('Nobody can log on for the time being'),
  delegates: z
    .array(z.union([address, delegateSchema]))
    .default([])
    .describe('Who may send on its behalf; with an object: and use its folders'),
  opens: addresses.describe('Addresses of other mailboxes that this one may open with full access'),
  roles: z.array(z.enum(roles)).default([]).describe('What it may do beyond its own mailbox'),
  limits: limits
    .optional()
    .describe('Limits, each a size such as `2 GB` or `unlimited`; those of the server when absent'),
  homeServer,
  culture: culture.optional().describe('Language of the folder names of a new mailbox, e.g. de-DE; en-US when absent'),
  locale: culture.optional().describe('Former name of `culture`'),
  folders: z.array(folderSchema).default([]).describe('Folders and what lies in them')
}

const password = z
  .string()
  .min(1)
  .max(PASSWORD_CHARS)
  .describe('Password in the clear; only sealed hashes of it are kept')
const noPassword = password.optional().describe('Password; nobody can log on as it when absent')

export const userSchema = z.strictObject({ ...mailboxKeys, password }).meta({ id: 'user' })

/** A shared mailbox, a room, a piece of equipment. */
export const resourceSchema = z.strictObject({ ...mailboxKeys, password: noPassword }).meta({ id: 'resource' })

const listKeys = {
  address: address.describe('SMTP address of the list'),
  ...common,
  managers: addresses.describe('Addresses of those who manage the list'),
  delegates: addresses.describe('Addresses of those who may send on its behalf')
}

export const roomListSchema = z
  .strictObject({ ...listKeys, members: addresses.describe('Addresses of the rooms') })
  .meta({ id: 'roomList' })

export const groupSchema = z
  .strictObject({
    ...listKeys,
    members: z.array(address).max(100_000).optional().describe('Addresses of the members of a static list'),
    filter: filter.optional().describe('Who belongs to a dynamic list, in place of members')
  })
  .meta({ id: 'group' })

export const contactSchema = z
  .strictObject({ address: address.describe('Address outside the organisation'), ...common })
  .meta({ id: 'contact' })

export const publicFolderSchema = z
  .strictObject({
    ...publicFolderKeys,
    mail: z
      .strictObject({
        address: address.describe('SMTP address of the folder'),
        ...common,
        name: name.optional().describe('Display name; the name of the folder when absent'),
        delegates: addresses.describe('Addresses of those who may send on its behalf')
      })
      .optional()
      .describe('The entry of a mail-enabled folder in the address book')
  })
  .meta({ id: 'publicFolder' })

export const publicFolderMailboxSchema = z
  .strictObject({
    address: address.describe('SMTP address of the mailbox that holds the public folders'),
    name: name.default('Public Folders'),
    limits: limits.optional().describe('Limits, each a size such as `2 GB` or `unlimited`'),
    homeServer,
    culture: culture.optional().describe('Language of the mailbox')
  })
  .meta({ id: 'publicFolderMailbox' })

export const addressListSchema = z
  .strictObject({
    name: z.string().min(1).max(256).describe('Name of the list'),
    under: z.string().min(1).max(256).optional().describe('Name of the own list below which it stands'),
    filter: filter.describe('Which entries it shows')
  })
  .meta({ id: 'addressList' })

export type WorldUser = z.infer<typeof userSchema>
export type WorldResource = z.infer<typeof resourceSchema>
export type WorldGroup = z.infer<typeof groupSchema>
export type WorldRoomList = z.infer<typeof roomListSchema>
export type WorldContact = z.infer<typeof contactSchema>
export type WorldPublicFolder = z.infer<typeof publicFolderSchema>
export type WorldPublicFolderMailbox = z.infer<typeof publicFolderMailboxSchema>
export type WorldDelegate = z.infer<typeof delegateSchema>
