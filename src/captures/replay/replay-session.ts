import type { HttpResponse } from '../../client/http-connection.js'
import { bodyForms } from '../listing/list-body.js'
import { type ListedExchange, SessionListing } from '../listing/list-exchange.js'
import type { Tree } from '../listing/tree.js'
import type { RecordedExchange, RecordedMessage, RecordedSession, RecordedUser } from '../recorded-session.js'
import { selectExchanges } from '../select-exchanges.js'
import { compareAnswers, type Difference } from './compare-answers.js'
import { Correspondence } from './correspondence.js'
import { explains } from './explained.js'
import { translateRequest } from './translate-request.js'

export type Endpoint = 'mailbox' | 'addressBook'

/** The live server, as the user of the session sees it. */
export interface ReplayServer {
  readonly user: RecordedUser
  /** Sends a request and returns the answer, whatever it is. */
  post(endpoint: Endpoint, type: string, body: Uint8Array): Promise<HttpResponse>
}

export interface ExplainedDifference extends Difference {
  /** Set when the recording says that this may differ, and why. */
  readonly why: string | undefined
}

export interface ReplayedExchange {
  readonly name: string
  readonly type: string
  /** `sent`: the recorded answer is not there to compare with. */
  readonly outcome: 'same' | 'differs' | 'sent' | 'skipped'
  /** Why it was skipped or could not be compared. */
  readonly reason?: string
  readonly compared: number
  readonly masked: number
  readonly differences: readonly ExplainedDifference[]
}

export interface ReplayReport {
  readonly source: string
  readonly exchanges: readonly ReplayedExchange[]
  /** Differences that neither a mask nor the recording explains. */
  readonly unexplained: number
}

export interface ReplayOptions {
  /** Name or number of the one exchange to report; those before it are sent all the same, it builds on them. */
  only?: string
  stopOnDifference?: boolean
  onExchange?: (exchange: ReplayedExchange, index: number) => void
}

const RESPONSE_CODE = 'x-responsecode'

/**
 * Sends the requests of a recorded session again, in order, and compares the answers. Rejects with what the server object rejects
 * with when a request cannot be sent.
 */
export async function replaySession(
  session: RecordedSession,
  server: ReplayServer,
  options: ReplayOptions = {}
): Promise<ReplayReport> {
  const wanted = selectExchanges(session, options.only)
  const last = session.exchanges.findLastIndex(exchange => wanted.has(exchange))
  const replay = new Replay(session, server)
  const exchanges: ReplayedExchange[] = []
  for (const exchange of session.exchanges.slice(0, last + 1)) {
    const replayed = await replay.next(exchange)
    if (!wanted.has(exchange)) continue
    exchanges.push(replayed)
    options.onExchange?.(replayed, exchanges.length - 1)
    if (options.stopOnDifference && countUnexplained([replayed]) > 0) break
  }
  return { source: session.source, exchanges, unexplained: countUnexplained(exchanges) }
}

function countUnexplained(exchanges: readonly ReplayedExchange[]): number {
  return exchanges.reduce((sum, { differences }) => sum + differences.filter(({ why }) => why === undefined).length, 0)
}

/** A session being replayed: exchanges in order. */
export class Replay {
  readonly pairs = new Correspondence()
  private readonly recorded = new SessionListing()
  private readonly live = new SessionListing()

  constructor(
    private readonly session: RecordedSession,
    private readonly server: ReplayServer
  ) {
    const { user } = session
    this.pairs.addText(user.legacyDn ?? recordedDn(session), server.user.legacyDn ?? '')
    this.pairs.addText(user.address, server.user.address ?? '')
    this.pairs.addWholeText(user.displayName, server.user.displayName ?? '')
  }

  async next(exchange: RecordedExchange): Promise<ReplayedExchange> {
    const { name, type, request } = exchange
    const nothing = { name, type, compared: 0, masked: 0, differences: [] }
    // The kinds of the recorded logons, as they are before this exchange.
    const { memory } = this.recorded
    const body = request && translateRequest(type, request.bytes, this.pairs, logonId => memory.isPublicLogon(logonId))
    const theirs = this.recorded.list(exchange)
    if (body === undefined) return { ...nothing, outcome: 'skipped', reason: 'its request is not recorded' }
    if (type === 'NotificationWait' && !hasEvent(theirs))
      return { ...nothing, outcome: 'skipped', reason: 'no event was pending: a server would wait for minutes' }
    const answer = await this.server.post(endpointOf(exchange), type, body)
    const ours = this.live.list(liveExchange(exchange, body, answer))
    if (theirs.response === undefined) {
      const size = exchange.responseBytes === undefined ? '' : ` of ${exchange.responseBytes} bytes`
      return { ...nothing, outcome: 'sent', reason: `its answer${size} is not recorded` }
    }
    return this.compare(exchange, theirs, ours, answer)
  }

  private compare(
    exchange: RecordedExchange,
    theirs: ListedExchange,
    ours: ListedExchange,
    answer: HttpResponse
  ): ReplayedExchange {
    const head = compareHeads(exchange, theirs.response!, answer, ours.response!)
    // An answer of another kind has another body altogether.
    const body =
      head.length > 0
        ? { differences: [], compared: 0, masked: 0 }
        : compareAnswers(theirs.response!, ours.response!, this.pairs)
    const differences = [...head, ...body.differences].map(difference => ({
      ...difference,
      why: explains(this.session.mayDiffer, exchange.name, difference.path)
    }))
    const { name, type } = exchange
    const outcome = differences.length === 0 ? 'same' : 'differs'
    return { name, type, outcome, compared: body.compared + 2, masked: body.masked, differences }
  }
}

/** The DN of the first Connect or private logon: whose session it is, where the recording does not say. */
function recordedDn(session: RecordedSession): string | undefined {
  const connect = session.exchanges.find(({ type, request }) => type === 'Connect' && request !== undefined)
  if (connect?.request === undefined) return undefined
  const listed = new SessionListing().list(connect).request
  const dn = listed?.children.find(child => child.name === 'userDn')?.value
  return typeof dn === 'string' ? dn : undefined
}

function hasEvent({ response }: ListedExchange): boolean {
  return response?.children.find(child => child.name === 'eventPending')?.value === 1
}

function endpointOf({ type, url }: RecordedExchange): Endpoint {
  if (url !== undefined && /\/mapi\/nspi\b/i.test(url)) return 'addressBook'
  return bodyForms[type]?.endpoint ?? 'mailbox'
}

function liveExchange(exchange: RecordedExchange, body: Buffer, answer: HttpResponse): RecordedExchange {
  const message = (file: string, bytes: Buffer): RecordedMessage => ({ file, bytes, headers: [...answer.headers] })
  return {
    ...{ name: exchange.name, type: exchange.type, url: exchange.url, status: answer.status },
    ...{ request: message('request', body), response: message('response', answer.body) },
    ...{ requestBytes: body.byteLength, responseBytes: answer.body.byteLength }
  }
}

/** HTTP status and X-ResponseCode, the early one in the head and the late one in the envelope; what is not recorded was a success. */
function compareHeads(exchange: RecordedExchange, theirs: Tree, answer: HttpResponse, ours: Tree): Difference[] {
  const differences: Difference[] = []
  const compare = (path: string, recorded: string, live: string): void => {
    if (recorded !== live) differences.push({ path, recorded, live })
  }
  const headers = new Map((exchange.response?.headers ?? []).map(([name, value]) => [name.toLowerCase(), value]))
  compare('http status', String(exchange.status ?? 200), String(answer.status))
  compare(
    RESPONSE_CODE,
    codeOf(theirs) ?? headers.get(RESPONSE_CODE) ?? '0',
    codeOf(ours) ?? answer.headers.get(RESPONSE_CODE) ?? 'none'
  )
  return differences
}

function codeOf(tree: Tree): string | undefined {
  const envelope = tree.children.find(child => child.name === 'envelope')
  const late = envelope?.children.find(child => child.name.toLowerCase() === RESPONSE_CODE)
  return late === undefined ? undefined : String(late.value)
}
