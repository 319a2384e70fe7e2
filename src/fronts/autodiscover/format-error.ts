import { element, formatXml } from './format-xml.js'
import { ENVELOPE_SCHEMA } from './schemas.js'

/** [MS-OXDSCLI] 2.2.4.1.1.3.2, with the sentences that Exchange has for them. */
const MESSAGES = {
  500: "The email address can't be found.",
  501: 'Bad Address',
  600: 'Invalid Request',
  601: 'Provider is not available'
} as const

export type ErrorCode = keyof typeof MESSAGES

export interface ErrorFacts {
  code: ErrorCode
  /** Wall clock, milliseconds since 1970. */
  now: number
  /** 32-bit number that tells this server from others of its domain. */
  serverId: number
}

/** [MS-OXDSCLI] 2.2.4.1.1.3: an error, whose HTTP status is 200, too. It has no schema of its own, whatever was asked for. */
export function formatError({ code, now, serverId }: ErrorFacts): Buffer {
  // Seven digits of a second, of which the clock knows three.
  const time = `${new Date(now).toISOString().slice(11, 23)}0000`
  const content = [element('ErrorCode', String(code)), element('Message', MESSAGES[code]), element('DebugData', '')]
  const error = element('Error', content, { Time: time, Id: String(serverId) })
  return formatXml(element('Autodiscover', [element('Response', [error])], { xmlns: ENVELOPE_SCHEMA }))
}
