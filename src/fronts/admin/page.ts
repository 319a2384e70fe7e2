import { z } from 'zod'
import type { EntryPage } from './administration.js'
import type { AdminAnswer, ResponseForm } from './operation.js'

const MOST = 1000

/** Several values with commas between them, each of these. */
function listOf<const T extends readonly [string, ...string[]]>(names: T) {
  return z
    .string()
    .transform(text => text.split(','))
    .pipe(z.array(z.enum(names)).min(1))
}

const limit = z
  .string()
  .regex(/^\d{1,4}$/, `must be a number up to ${MOST}`)
  .transform(Number)
  .pipe(z.number().int().min(0).max(MOST))
  .optional()
  .describe(`Most rows of the answer, 100 unless said, at most ${MOST}; 0 asks for the count alone`)

const cursor = z
  .string()
  .regex(/^\d{1,15}$/, 'must be the `next` of an answer')
  .transform(Number)
  .optional()
  .describe('Where to go on: `next` of the answer before')

/** Query of lists that are read page by page. */
export const pages = z.strictObject({ limit, cursor })

/** Query of lists of directory entries. */
export function entryQuery<const T extends readonly [string, ...string[]]>(kinds: T) {
  return z.strictObject({
    kind: listOf(kinds)
      .optional()
      .describe(`Kinds, with commas between them: ${kinds.join(', ')}`),
    text: z
      .string()
      .min(1)
      .max(256)
      .optional()
      .describe('Part of the display name or of an address, whatever its case'),
    domain: z.string().min(1).max(255).optional().describe('Domain of the primary address'),
    limit,
    cursor
  })
}

export const DEFAULT_ROWS = 100

const COUNT_HEADER = 'X-Total-Count'
const HEADERS = {
  [COUNT_HEADER]: 'Rows that the query finds, whatever its limit',
  Link: 'The next page, with rel="next"'
}

/** What a list answers. */
export function listAnswer(description: string, name: string, row: z.ZodType): ResponseForm {
  const schema = z.strictObject({
    count: z.number().int().min(0).describe('Rows that the query finds, whatever its limit'),
    [name]: z.array(row),
    next: z.string().nullable().describe('`cursor` of the next page; null at the end')
  })
  return { description, content: { 'application/json': schema }, headers: HEADERS }
}

/** One page of a list. */
export function answerPage(
  path: string,
  name: string,
  { count, next }: Pick<EntryPage, 'count' | 'next'>,
  rows: readonly unknown[],
  query: Readonly<Record<string, unknown>>
): AdminAnswer {
  const headers: [string, string][] = [[COUNT_HEADER, String(count)]]
  if (next !== undefined) {
    const asked = Object.entries({ ...query, cursor: next }).filter(([, value]) => value !== undefined)
    const text = asked.map(([key, value]) => `${key}=${encodeURIComponent(String(value))}`).join('&')
    headers.push(['Link', `<${path}?${text}>; rel="next"`])
  }
  return { status: 200, headers, body: { count, [name]: rows, next: next === undefined ? null : String(next) } }
}
