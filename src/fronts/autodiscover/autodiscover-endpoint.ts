import type { Directory } from '../../directory/directory.js'
import { type Log, silentLog } from '../../log.js'
import type { Personality } from '../../personality.js'
import type { Runtime } from '../../runtime.js'
import type { HttpRequest, HttpResponse, Route } from '../http/index.js'
import { type ErrorFacts, formatError, formatSettings, OUTLOOK_RESPONSE, type PublishedServices } from './answers.js'
import { parseAutodiscoverRequest } from './parse-request.js'

export interface AutodiscoverOptions {
  directory: Directory
  personality: Personality
  runtime: Runtime
  /** Scheme, host and port to publish; empty takes them from each request. */
  publicUrl: string
  /** Host to publish when a request has no usable Host header. */
  serverName: string
  services?: Partial<PublishedServices>
  log?: Log
}

const BODY_LIMIT = 64 * 1024
const HOST = /^([a-z0-9._-]{1,253}|\[[0-9a-f:.]{2,45}\])(:\d{1,5})?$/i

/** Plain XML Autodiscover ([MS-OXDSCLI]) at `/autodiscover/autodiscover.xml`. */
export class AutodiscoverEndpoint {
  private readonly services: PublishedServices
  private readonly log: Log
  private readonly idBase: number
  private errors = 0

  constructor(private readonly options: AutodiscoverOptions) {
    this.services = { rpcHttp: false, ews: false, addressBook: true, ...options.services }
    this.log = options.log ?? silentLog
    const random = options.runtime.random(new Uint8Array(4))
    this.idBase = new DataView(random.buffer).getUint32(0)
  }

  routes(): Route[] {
    return [
      {
        path: '/autodiscover/autodiscover.xml',
        authenticate: true,
        bodyLimitBytes: BODY_LIMIT,
        methods: ['POST', 'GET', 'OPTIONS'],
        handle: (request, response) => this.handle(request, response)
      }
    ]
  }

  private handle(request: HttpRequest, response: HttpResponse): void {
    if (request.principal === null) {
      response.status = 403
      response.send('')
      return
    }
    response.header('Cache-Control', 'private').header('Content-Type', 'text/xml; charset=utf-8')
    response.send(this.answer(request))
  }

  private answer(request: HttpRequest): Buffer {
    const { directory, personality } = this.options
    // A browser's GET gets what Exchange shows there: the error for a request that is none.
    if (request.head.method !== 'POST' || request.bodyTooLarge) return this.error(600)
    const parsed = parseAutodiscoverRequest(request.body)
    if (typeof parsed === 'number') return this.error(parsed)
    const schema = parsed.acceptableResponseSchema?.replace(/^https:/, 'http:')
    if (schema !== OUTLOOK_RESPONSE) return this.error(schema === undefined ? 600 : 601)
    if (parsed.emailAddress === undefined && parsed.legacyDn === undefined) return this.error(600)
    const owner =
      parsed.emailAddress === undefined
        ? directory.byLegacyDn(parsed.legacyDn as string)
        : directory.byAddress(parsed.emailAddress)
    if (owner === undefined) return this.error(500)
    this.log.debug('autodiscover.answered', { user: request.principal?.address, mailbox: owner.address })
    return formatSettings({
      directory,
      owner,
      origin: this.origin(request),
      mapiHttp: capability(request.head.header('x-mapihttpcapability')),
      version: personality.version,
      services: this.services
    })
  }

  /** A client that reached us by a name can reach us by it again: the best URL is the one that it came by. */
  private origin(request: HttpRequest): string {
    const { publicUrl, serverName } = this.options
    if (publicUrl !== '') return publicUrl.replace(/\/+$/, '')
    const host = request.head.header('host') ?? ''
    return `${request.connection.secure ? 'https' : 'http'}://${HOST.test(host) ? host : serverName}`
  }

  private error(code: ErrorFacts['code']): Buffer {
    this.errors++
    return formatError({ code, now: this.options.runtime.now(), id: (this.idBase + this.errors) % 0x100000000 })
  }
}

function capability(header: string | undefined): number {
  return header !== undefined && /^\d{1,9}$/.test(header) ? Number(header) : 0
}
