import { z } from 'zod'
import {
  type AttributeName,
  type AttributeSpec,
  attributeNames,
  attributeSpecs,
  type EntryFilter,
  entryKinds,
  filterAttributes,
  HOST
} from '../directory/index.js'
import { permissionLevels, Right, type RightName } from '../mailbox/permissions/rights.js'
import { findLocaleId, knownLocales } from './locales.js'

/** The small values that world files are made of; what a key means is said where the key is. */

const ADDRESS_CHARS = 256

/** An SMTP address; what the directory would refuse is refused here, with its place. */
export const address = z
  .string()
  .max(ADDRESS_CHARS)
  .regex(/^[^@\s]+@[^@\s]+$/, 'must be an address such as alice@example.com')

export const moment = z
  .string()
  .refine(text => !Number.isNaN(Date.parse(text)), 'must be a date and time such as 2026-03-01T09:30:00Z')

const SIZE_UNITS: Readonly<Record<string, number>> = { B: 1, KB: 2 ** 10, MB: 2 ** 20, GB: 2 ** 30, TB: 2 ** 40 }
const SIZE = /^(\d+(?:\.\d+)?) ?([KMGTkmgt]?[Bb])$/

/** Bytes of a size as people write it: a number, or a text such as `2 GB` (1024-based); undefined for another text. */
export function parseSize(size: number | string): number | undefined {
  if (typeof size === 'number') return size
  const match = SIZE.exec(size.trim())
  return match === null ? undefined : Math.round(Number(match[1]) * SIZE_UNITS[match[2].toUpperCase()])
}

export const size = z.union([
  z.number().int().min(0).max(Number.MAX_SAFE_INTEGER),
  z
    .string()
    .regex(SIZE, 'must be a size such as 500 KB or 2 GB')
    .refine(text => Number.isSafeInteger(parseSize(text)), 'is too large')
])

/** Bytes of a size that was checked before. */
export function bytesOfSize(value: number | string): number {
  return parseSize(value) ?? 0
}

/** A host, with a port or without. */
export const serverName = z.string().regex(HOST, 'must be the name of a server, with a port or without')

export const UNLIMITED = 'unlimited'

/** A limit: a size, or none at all, also where the server has one for those who say nothing. */
export const limitSize = z.union([size, z.literal(UNLIMITED)])

/** Bytes of a limit that was checked before; undefined for a text that is none. */
export function parseLimit(limit: number | string): number | undefined {
  return limit === UNLIMITED ? Number.MAX_SAFE_INTEGER : parseSize(limit)
}

/** Bytes from a file beside the world file, or written out. */
export const content = z.union([
  z.string().min(1).max(4096).describe('Path of a file, relative to the world file'),
  z.strictObject({ base64: z.base64().min(1).describe('The content itself, base64') })
])
export type WorldContent = z.infer<typeof content>

export const culture = z
  .string()
  .refine(name => findLocaleId(name) !== undefined, `must be one of ${knownLocales.join(', ')}`)

/** Schema of a directory attribute, from the directory's own table. */
function attributeSchema(spec: AttributeSpec): z.ZodType {
  const text = z.string().min(1, 'must not be empty').max(spec.limit)
  switch (spec.type) {
    case 'text':
      return text
    case 'texts':
      return z.array(text).min(1, 'must not be empty')
    case 'number':
      return z.number().int().min(-spec.limit).max(spec.limit)
    case 'boolean':
      return z.boolean()
    case 'time':
      return moment
    case 'bytes':
      return content
    case 'bytesList':
      return z.array(content).min(1, 'must not be empty')
  }
}

interface AttributeInput {
  text: string
  texts: string[]
  number: number
  boolean: boolean
  bytes: WorldContent
  bytesList: WorldContent[]
  time: string
}

/** Attributes as a world file has them. */
export type WorldAttributes = {
  [Name in AttributeName]?: AttributeInput[(typeof attributeSpecs)[Name]['type']]
}

type OptionalOf<Names extends AttributeName> = {
  [Name in Names]: z.ZodOptional<z.ZodType<AttributeInput[(typeof attributeSpecs)[Name]['type']]>>
}

/** Optional keys for these attributes. */
export function attributeKeys<Name extends AttributeName>(names: readonly Name[]): OptionalOf<Name> {
  const schemas = names.map(name => [
    name,
    attributeSchema(attributeSpecs[name]).optional().describe(attributeSpecs[name].description)
  ])
  return Object.fromEntries(schemas) as OptionalOf<Name>
}

/** Every attribute of the directory as a key: its table is the list. */
export const allAttributes = attributeKeys(attributeNames)

/** Which entries belong to a dynamic list or an address list. */
export const filter = z.strictObject({
  kinds: z.array(z.enum(entryKinds)).min(1).optional().describe('Of one of these kinds'),
  domains: z
    .array(z.string().min(1).max(255))
    .min(1)
    .optional()
    .describe('With a primary address in one of these domains'),
  ...attributeKeys(filterAttributes)
})
export type WorldFilter = z.infer<typeof filter>

export function filterOf({ kinds, domains, ...texts }: WorldFilter): EntryFilter {
  return {
    ...(kinds && { kinds }),
    ...(domains && { domains: domains.map(domain => domain.toLowerCase()) }),
    ...(Object.keys(texts).length > 0 && { attributes: texts })
  }
}

const levels = Object.keys(permissionLevels) as (keyof typeof permissionLevels)[]
const rightNames = Object.keys(Right) as RightName[]

/** What somebody may do with a folder: a level, or single rights ([MS-OXCPERM] 2.2.7). */
export const rights = z.union([z.enum(levels), z.array(z.enum(rightNames))])
export type WorldRights = z.infer<typeof rights>

export function rightBits(value: WorldRights): number {
  if (typeof value === 'string') return permissionLevels[value]
  return value.reduce((bits, name) => bits | Right[name], 0)
}
