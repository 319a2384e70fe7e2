/** session.json: what a recording of this project's own form says beside the bytes. Described in captures/README.md. */
import { z } from 'zod'

/** Part of a file name: no path leads out of the folder. */
const fileStem = z
  .string()
  .max(120)
  .regex(/^[A-Za-z0-9][A-Za-z0-9._-]*$/, 'must be letters, digits, dots, hyphens and underscores')

const headerLines = z.array(z.string().max(16_384)).max(200)

const exchange = z.strictObject({
  name: fileStem,
  /** X-RequestType. */
  type: z.string().max(100),
  url: z.string().max(4096).optional(),
  status: z.number().int().optional(),
  requestHeaders: headerLines.default([]),
  responseHeaders: headerLines.default([])
})

export const sessionFile = z.strictObject({
  /** Version of the form. */
  ropewalk: z.literal(1),
  name: z.string(),
  /** When it was recorded, ISO 8601. */
  recorded: z.string(),
  client: z.string(),
  server: z.string(),
  /** How it can be made again. */
  how: z.string(),
  /** What is not as it was on the wire. */
  masked: z.array(z.string()).default([]),
  user: z
    .strictObject({
      address: z.string().optional(),
      legacyDn: z.string().optional(),
      displayName: z.string().optional()
    })
    .default({}),
  /** World file in the folder with which a server holds what the recorded one held. */
  world: fileStem.optional(),
  /** Fields that may differ in a replay, as `exchange/path`, with the reason. */
  mayDiffer: z.array(z.strictObject({ path: z.string(), why: z.string() })).default([]),
  exchanges: z.array(exchange)
})

export type SessionFile = z.infer<typeof sessionFile>
