import { z } from 'zod'
import { exchange2016, type Personality } from './personality.js'

/** Versions of Exchange that the server can claim to be, by the name that a person types. */
export const personalities: Readonly<Record<string, Personality>> = { [exchange2016.name]: exchange2016 }

const MIB = 1 << 20

/** A setting: what is allowed, what holds when nothing is said, in which unit, and what it does. */
function setting<T extends z.ZodType>(schema: T, fallback: z.output<T>, unit: string, description: string) {
  return schema
    .prefault(fallback as z.input<T> & z.core.util.NoUndefined<z.input<T>>)
    .meta({ unit, description, fallback })
}

const count = (least: number, most: number) => z.coerce.number().int().min(least).max(most)
const milliseconds = count(1, 24 * 3600 * 1000)
/** Names, as an array or with commas between them. */
const listOf = <const N extends readonly [string, ...string[]]>(names: N) =>
  z
    .union([z.string().transform(text => text.split(',').map(part => part.trim().toLowerCase())), z.array(z.string())])
    .pipe(z.array(z.enum(names)).min(1))
/** Mebibytes, or null for `off`. */
const quota = z.union(
  [z.null(), z.literal('off').transform(() => null), count(0, 1 << 30)],
  'must be a number of MiB, or off'
)
const yesNo = z.union([z.boolean(), z.enum(['true', 'false']).transform(text => text === 'true')])

/** Every setting of the server. The command line, the environment and a settings file all go through it. */
export const configSchema = z.strictObject({
  dataDir: setting(
    z.string().min(1),
    './ropewalk-data',
    'path',
    'Folder of the object store; made if it does not exist.'
  ),
  host: setting(z.string().min(1), '127.0.0.1', 'address', 'Address to listen on.'),
  httpHost: setting(
    z.string(),
    '',
    'address',
    'Address that the plain HTTP listener listens on; empty is the same as for TLS. The loopback address keeps what is not encrypted on this machine.'
  ),
  httpPort: setting(count(0, 65535), 8080, 'port', 'TCP port of the HTTP listener; 0 takes any free one.'),
  httpsPort: setting(
    z.union(
      [z.null(), z.literal('off').transform(() => null), count(0, 65535)],
      'must be a port from 0 to 65535, or off'
    ),
    8443,
    'port',
    'TCP port of the TLS listener; 0 takes any free one, off leaves it out.'
  ),
  tlsCertFile: setting(
    z.string(),
    '',
    'path',
    'PEM file of your own server certificate and those that issued it; empty has a private authority issue one.'
  ),
  tlsKeyFile: setting(z.string(), '', 'path', 'PEM file of the private key of your own server certificate.'),
  tlsMinVersion: setting(
    z.enum(['TLSv1', 'TLSv1.1', 'TLSv1.2', 'TLSv1.3']),
    'TLSv1.2',
    'version',
    'Oldest version of TLS that clients may speak; TLSv1 is for Outlook 2010 on Windows 7, and is not safe.'
  ),
  serverName: setting(
    z.string().regex(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/i, 'must be one DNS label'),
    'ropewalk',
    'name',
    'Short name that the server gives itself in diagnostic headers and distinguished names.'
  ),
  publicUrl: setting(
    z.union([z.literal(''), z.url({ protocol: /^https?$/ })]),
    '',
    'URL',
    'Scheme, host and port that Autodiscover publishes; empty takes them from each request.'
  ),
  anonymousAutodiscover: setting(
    yesNo,
    false,
    'yes or no',
    'Answer Autodiscover requests without credentials; what such an answer says does not tell who exists.'
  ),
  personality: setting(
    z.string().refine(name => Object.hasOwn(personalities, name), 'no such personality'),
    exchange2016.name,
    'name',
    'Version of Exchange to behave like.'
  ),
  durability: setting(
    z.enum(['power', 'process']),
    'power',
    'mode',
    'power: answers leave when their data is flushed to disk. process: survives a kill of the process, not a power cut.'
  ),
  cacheMiB: setting(count(8, 1 << 20), 256, 'MiB', 'Memory for cached table rows and runs.'),
  quotaWarningMiB: setting(
    quota,
    1945,
    'MiB',
    'Size of a mailbox at which its owner is warned, for mailboxes without a limit of their own; off: none.'
  ),
  quotaSendMiB: setting(quota, 2048, 'MiB', 'Size of a mailbox from which nothing can be sent any more; off: none.'),
  quotaReceiveMiB: setting(
    quota,
    2355,
    'MiB',
    'Size of a mailbox to which nothing is added any more, by delivery or by clients; off: none.'
  ),
  maxSendMiB: setting(quota, 10, 'MiB', 'Largest message that can be sent; off: any.'),
  maxReceiveMiB: setting(quota, 10, 'MiB', 'Largest message that is delivered; off: any.'),
  logLevel: setting(
    z.enum(['silent', 'error', 'warn', 'info', 'debug', 'trace']),
    'info',
    'level',
    'Least important event that is logged.'
  ),
  logFormat: setting(z.enum(['pretty', 'json']), 'pretty', 'format', 'Lines for a person or one JSON object a line.'),
  authSchemes: setting(
    listOf(['ntlm', 'basic']),
    ['ntlm', 'basic'],
    'names',
    'Ways to log on over HTTP, in the order in which they are offered.'
  ),
  lmCompatibilityLevel: setting(
    count(0, 5),
    3,
    'level',
    'NTLM responses that are taken, as the Windows setting of this name: 5 takes NTLMv2 only, anything less NTLM, too.'
  ),
  replaceSecretKey: setting(
    yesNo,
    false,
    'yes or no',
    'Make a new key for passwords when the old one is lost; nobody can log on before his password is set anew.'
  ),
  headLimitBytes: setting(count(1024, MIB), 64 * 1024, 'bytes', 'Largest request line and headers.'),
  bodyLimitBytes: setting(count(1024, 1024 * MIB), 64 * MIB, 'bytes', 'Largest request body of any front.'),
  headTimeMs: setting(milliseconds, 15_000, 'ms', 'Time in which a client must have sent the whole head of a request.'),
  bodyTimeMs: setting(milliseconds, 60_000, 'ms', 'Longest pause while a request body is coming in.'),
  idleTimeMs: setting(milliseconds, 300_000, 'ms', 'Time after which a connection without requests is closed.'),
  sendTimeMs: setting(
    milliseconds,
    60_000,
    'ms',
    'Time after which a client that does not take its answer is cut off.'
  ),
  connectionLimit: setting(count(1, 1 << 20), 16_384, 'connections', 'Connections in all.'),
  connectionLimitPerSource: setting(count(1, 1 << 20), 4096, 'connections', 'Connections from one address.'),
  contextLimit: setting(count(1, 1 << 20), 16_384, 'contexts', 'MAPI/HTTP session contexts in all.'),
  contextLimitPerUser: setting(count(1, 1 << 20), 512, 'contexts', 'MAPI/HTTP session contexts of one user.'),
  answerCacheBytes: setting(
    count(0, 4096 * MIB),
    64 * MIB,
    'bytes',
    'Memory for last answers, kept so that a repeated request is answered and not executed again.'
  ),
  closeTimeMs: setting(
    milliseconds,
    10_000,
    'ms',
    'Time that requests in flight have to finish when the server stops.'
  ),
  compressResponses: setting(yesNo, false, 'yes or no', 'Compress ROP responses when the client allows it.')
})

export type Config = z.output<typeof configSchema>

/** Settings from what a person said; throws an Error that names every wrong setting in one sentence each. */
export function parseConfig(input: Partial<Record<keyof Config, unknown>> = {}): Config {
  const result = configSchema.safeParse(input)
  if (result.success) return result.data
  const sentences = result.error.issues.map(issue =>
    issue.path.length === 0 ? issue.message : `setting ${issue.path.join('.')}: ${issue.message}`
  )
  throw new Error(sentences.join('; '))
}

export interface SettingDescription {
  name: keyof Config
  fallback: unknown
  unit: string
  description: string
}

/** What help texts and documentation say about the settings, in the order of the schema. */
export function describeSettings(): SettingDescription[] {
  return Object.entries(configSchema.shape).map(([name, schema]) => {
    const { unit, description, fallback } = schema.meta() as { unit: string; description: string; fallback: unknown }
    return { name: name as keyof Config, fallback, unit, description }
  })
}
