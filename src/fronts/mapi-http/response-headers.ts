import type { Personality } from '../../personality.js'
import { newGuid, type Runtime } from '../../runtime.js'
import type { RequestHead } from '../http/request-head.js'
import { ResponseCode } from './response-code.js'

/** `15.01.2507.055`: the form in which Exchange writes its version in headers. */
export function versionText(version: readonly number[]): string {
  const pad = (value: number, digits: number) => String(value).padStart(digits, '0')
  return `${version[0]}.${pad(version[1], 2)}.${pad(version[2], 4)}.${pad(version[3], 3)}`
}

export interface ServerNames {
  /** Short name, e.g. `ropewalk`. */
  serverName: string
  /** Mail domain of the mailbox that is spoken to. */
  domain: string
}

/** What varies between the answers of one endpoint. */
export interface AnswerFacts {
  code: ResponseCode
  requestType: string | undefined
  /** X-ExpirationInfo in milliseconds; null where there is no context to expire. */
  expirationMs: number | null
  isConnect: boolean
  cookies: string
}

const TUNNEL_EXPIRATION_MS = 1_800_000

/**
 * Header lines of a MAPI/HTTP answer, in the order of Exchange ([MS-OXCMAPIHTTP] 2.2.3.2, 2.2.3.3; the remaining ones are
 * those that clients and their traces know from Exchange).
 */
export class ResponseHeaders {
  private readonly application: string
  private readonly period: string
  /** request-id is a GUID per answer: a random one per server, whose last part counts. */
  private readonly idBase: string
  private idCounter = 0

  constructor(
    personality: Personality,
    runtime: Runtime,
    private readonly serverName: string
  ) {
    this.application = `X-ServerApplication: Exchange/${versionText(personality.version)}\r\n`
    this.period = `X-PendingPeriod: ${personality.pendingPeriodMs}\r\n`
    this.idBase = newGuid(runtime).slice(0, 24)
  }

  lines(head: RequestHead, domain: string, facts: AnswerFacts): string {
    this.idCounter = (this.idCounter + 1) % 0x1000000000000
    const upper = this.serverName.toUpperCase()
    const type = facts.code === ResponseCode.success ? 'application/mapi-http' : 'text/html'
    const echo = (name: string, header: string) => {
      const value = head.header(header)
      return value === undefined ? '' : `${name}: ${value}\r\n`
    }
    return (
      `Cache-Control: private\r\nContent-Type: ${type}\r\n` +
      `request-id: ${this.idBase}${this.idCounter.toString(16).padStart(12, '0')}\r\n` +
      `X-CalculatedBETarget: ${this.serverName}.${domain}\r\n${this.application}` +
      echo('X-RequestId', 'x-requestid') +
      echo('X-ClientInfo', 'x-clientinfo') +
      (facts.requestType === undefined ? '' : `X-RequestType: ${facts.requestType}\r\n`) +
      (facts.isConnect ? `X-TunnelExpirationTime: ${TUNNEL_EXPIRATION_MS}\r\n` : '') +
      this.period +
      (facts.expirationMs === null ? '' : `X-ExpirationInfo: ${facts.expirationMs}\r\n`) +
      `X-ResponseCode: ${facts.code}\r\nX-DiagInfo: ${upper}\r\nX-BEServer: ${upper}\r\n` +
      facts.cookies +
      `X-FEServer: ${upper}\r\n`
    )
  }
}
