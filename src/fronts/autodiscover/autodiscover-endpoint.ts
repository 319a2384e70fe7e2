import { createHash } from 'node:crypto'
import type { Directory } from '../../directory/directory.js'
import type { Principal } from '../../directory/principal.js'
import { type Log, silentLog } from '../../log.js'
import type { Personality } from '../../personality.js'
import type { Runtime } from '../../runtime.js'
import { type HttpRequest, type HttpResponse, type Route, requestOrigin } from '../http/index.js'
import { clientCapabilities } from './client-capabilities.js'
import { type ErrorCode, formatError } from './format-error.js'
import { formatRedirect, formatSettings } from './format-settings.js'
import { OrganizationView } from './organization-view.js'
import { type AutodiscoverRequest, parseAutodiscoverRequest } from './parse-request.js'
import { onlyMapiHttp, type PublishedServices } from './published-services.js'
import { OUTLOOK_RESPONSE_SCHEMA } from './schemas.js'
import type { SettingsFacts } from './settings-facts.js'
import { StandIns } from './stand-ins.js'
import { SubjectLookup } from './subject-lookup.js'

export interface AutodiscoverOptions {
  directory: Directory
  personality: Personality
  runtime: Runtime
  /** Scheme, host and port to publish; empty takes them from each request. */
  publicUrl: string
  /** Name of this server; published when a request has no Host header. */
  serverName: string
  /** Answer requests without credentials, too. */
  anonymous?: boolean
  /** What the server serves beside the mailboxes; MAPI/HTTP with its address book when left out. */
  services?: Partial<PublishedServices>
  /** Names of the authentication schemes that the server offers; Basic when left out. */
  authSchemes?: readonly string[]
  log?: Log
}

/** Whose settings are told and what else depends on who asks, where else to ask for them, or why there are none. */
type Answer =
  | Pick<SettingsFacts, 'subject' | 'alternatives' | 'publicFolderMailbox' | 'publicFolderServer'>
  | ErrorCode
  | string

const BODY_LIMIT = 64 * 1024
const METHODS = ['POST', 'GET', 'HEAD', 'OPTIONS']
const STAND_IN_SECRET_BYTES = 32

/** Plain XML Autodiscover ([MS-OXDSCLI]) at `/autodiscover/autodiscover.xml`. */
export class AutodiscoverEndpoint {
  private readonly services: PublishedServices
  private readonly authSchemes: readonly string[]
  private readonly log: Log
  private readonly organization: OrganizationView
  private readonly lookup: SubjectLookup
  private readonly serverId: number

  constructor(private readonly options: AutodiscoverOptions) {
    const { directory, runtime, serverName, services, authSchemes = ['basic'], log = silentLog } = options
    this.services = { ...onlyMapiHttp, ...services }
    this.authSchemes = authSchemes.map(name => name.toLowerCase())
    this.log = log
    this.organization = new OrganizationView(directory)
    const secret = runtime.random(new Uint8Array(STAND_IN_SECRET_BYTES))
    const standIns = new StandIns(directory.organization.name, secret)
    this.lookup = new SubjectLookup(directory, this.organization, standIns)
    this.serverId = createHash('sha256').update(serverName.toLowerCase()).digest().readUInt32BE(0)
  }

  routes(): Route[] {
    return [
      {
        path: '/autodiscover/autodiscover.xml',
        authenticate: this.options.anonymous === true ? 'optional' : true,
        bodyLimitBytes: BODY_LIMIT,
        methods: METHODS,
        handle: (request, response) => this.handle(request, response)
      }
    ]
  }

  private handle(request: HttpRequest, response: HttpResponse): void {
    const { publicUrl, serverName, anonymous } = this.options
    const origin = requestOrigin(request, publicUrl, serverName)
    if (request.principal === null && anonymous !== true) response.status = 403
    else if (!METHODS.includes(request.head.method)) {
      response.status = 405
      response.header('Allow', METHODS.join(', '))
    } else if (origin === undefined) response.status = 400
    else response.header('Cache-Control', 'private').header('Content-Type', 'text/xml; charset=utf-8')
    response.send(origin === undefined || response.status !== 200 ? '' : this.answer(request, origin))
  }

  private answer(request: HttpRequest, origin: string): Buffer {
    // A browser's GET gets what Exchange shows there: the error for a request that is none.
    if (request.head.method !== 'POST' || request.bodyTooLarge) return this.error(600)
    const asked = parseAutodiscoverRequest(request.body)
    if (typeof asked === 'number') return this.error(asked)
    if (asked.acceptableResponseSchema !== OUTLOOK_RESPONSE_SCHEMA) return this.error(601)
    const { principal } = request
    const answer =
      principal === null ? this.answerNobody(request, asked) : this.answerPrincipal(request, asked, principal)
    if (typeof answer === 'string') return formatRedirect(answer)
    return typeof answer === 'number' ? this.error(answer) : this.settings(request, origin, answer)
  }

  private answerPrincipal({ connection }: HttpRequest, asked: AutodiscoverRequest, asker: Principal): Answer {
    const subject = this.lookup.find(asked)
    if (typeof subject === 'number') return subject
    const home = this.options.directory.otherHome(subject)
    if (home !== undefined) return home
    const { source } = connection
    this.log.debug('autodiscover.answered', { source, user: asker.address, mailbox: subject.address })
    const { publicFolderMailbox } = this.organization
    const isTold = this.services.publicFolders && publicFolderMailbox?.guid !== subject.guid
    return {
      subject,
      // Which mailboxes somebody may open is nobody else's business.
      alternatives: subject.guid === asker.guid ? this.alternativesOf(subject) : [],
      publicFolderMailbox: isTold ? publicFolderMailbox : undefined,
      publicFolderServer: publicFolderMailbox && this.options.directory.otherHome(publicFolderMailbox)
    }
  }

  private answerNobody({ connection }: HttpRequest, asked: AutodiscoverRequest): Answer {
    const subject = this.lookup.findAnonymously(asked)
    if (typeof subject === 'number') return subject
    this.log.debug('autodiscover.answered', { source: connection.source, mailbox: subject.address })
    return { subject, alternatives: [], publicFolderMailbox: undefined, publicFolderServer: undefined }
  }

  /** Mailboxes that Outlook shall open beside the own one. */
  private alternativesOf({ guid, fullAccess }: Principal): Principal[] {
    const others: Principal[] = []
    for (const address of fullAccess) {
      const other = this.options.directory.byAddress(address)
      if (other !== undefined && other.guid !== guid && other.kind !== 'publicFolderMailbox') others.push(other)
    }
    return others
  }

  private settings({ head }: HttpRequest, origin: string, answer: Exclude<Answer, ErrorCode | string>): Buffer {
    const { directory, personality } = this.options
    return formatSettings({
      ...answer,
      ...{ origin, services: this.services, authSchemes: this.authSchemes },
      serverDn: directory.serverDn(answer.subject),
      deploymentId: directory.organization.deploymentId,
      client: clientCapabilities(head),
      version: personality.version
    })
  }

  private error(code: ErrorCode): Buffer {
    return formatError({ code, now: this.options.runtime.now(), serverId: this.serverId })
  }
}
