import type { Personality } from '../../personality.js'
import { newGuid, type Runtime } from '../../runtime.js'
import type { RequestHead } from '../http/request-head.js'
import { ResponseCode } from './response-code.js'

/** `15.01.2507.055`: the form in which Exchange writes its version in headers. */
export function versionText(version: readonly number[]): string {
  const pad = (value: number, digits: number) => String(value).padStart(digits, '0')
  return `${version[0]}.${pad(version[1], 2)}.${pad(version[2], 4)}.${pad(version[3], 3)}`
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
const TUNNEL_EXPIRATION = `X-TunnelExpirationTime: ${TUNNEL_EXPIRATION_MS}\r\n`
const SUCCESS_OPENING = 'Cache-Control: private\r\nContent-Type: application/mapi-http\r\nrequest-id: '
const FAILURE_OPENING = 'Cache-Control: private\r\nContent-Type: text/html\r\nrequest-id: '
const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'))

/**
 * Header lines of a MAPI/HTTP answer, in the order of Exchange ([MS-OXCMAPIHTTP] 2.2.3.2, 2.2.3.3; the remaining ones are
 * those that clients and their traces know from Exchange).
 */
export class ResponseHeaders {
  /** request-id is a GUID per answer: a random one per server, whose last part counts. */
  private readonly idBase: string
  private idCounter = 0
  /** `idBase` and the upper half of the counter, made anew when that changes. */
  private idStart = ''
  /** What does not change from answer to answer, in one piece per place. */
  private readonly application: string
  private readonly period: string
  private readonly names: string
  private readonly frontEnd: string

  constructor(
    personality: Personality,
    runtime: Runtime,
    private readonly serverName: string
  ) {
    const upper = serverName.toUpperCase()
    this.application = `\r\nX-ServerApplication: Exchange/${versionText(personality.version)}\r\n`
    this.period = `X-PendingPeriod: ${personality.pendingPeriodMs}\r\n`
    this.names = `\r\nX-DiagInfo: ${upper}\r\nX-BEServer: ${upper}\r\n`
    this.frontEnd = `X-FEServer: ${upper}\r\n`
    this.idBase = newGuid(runtime).slice(0, 24)
  }

  lines(head: RequestHead, domain: string, facts: AnswerFacts): string {
    const requestId = head.header('x-requestid')
    const clientInfo = head.header('x-clientinfo')
    const opening = facts.code === ResponseCode.success ? SUCCESS_OPENING : FAILURE_OPENING
    return (
      `${opening}${this.nextId()}\r\nX-CalculatedBETarget: ${this.serverName}.${domain}${this.application}` +
      (requestId === undefined ? '' : `X-RequestId: ${requestId}\r\n`) +
      (clientInfo === undefined ? '' : `X-ClientInfo: ${clientInfo}\r\n`) +
      (facts.requestType === undefined ? '' : `X-RequestType: ${facts.requestType}\r\n`) +
      (facts.isConnect ? TUNNEL_EXPIRATION : '') +
      this.period +
      (facts.expirationMs === null ? '' : `X-ExpirationInfo: ${facts.expirationMs}\r\n`) +
      `X-ResponseCode: ${facts.code}${this.names}${facts.cookies}${this.frontEnd}`
    )
  }

  private nextId(): string {
    const count = this.idCounter
    this.idCounter = (count + 1) % 0x1000000000000
    const low = count % 0x1000000
    if (low === 0 || this.idStart === '') {
      this.idStart = this.idBase + ((count - low) / 0x1000000).toString(16).padStart(6, '0')
    }
    return this.idStart + HEX[low >>> 16] + HEX[(low >>> 8) & 0xff] + HEX[low & 0xff]
  }
}
