import { type Log, silentLog } from '../../log.js'
import type { Personality } from '../../personality.js'
import type { Runtime } from '../../runtime.js'
import { HttpDate } from '../http/http-date.js'
import type { Route } from '../http/index.js'
import { Exchange } from './exchange.js'
import { Refusal, ResponseCode } from './response-code.js'
import { ResponseHeaders } from './response-headers.js'

export interface OtherPathsOptions {
  personality: Personality
  runtime: Runtime
  serverName: string
  /** Paths of endpoints that exist in the protocol and are not switched on here. */
  disabled?: readonly string[]
  log?: Log
}

/** Everything below `/mapi/` that no endpoint serves: code 3 (invalid path), or 16 for an endpoint that is not switched on. */
export function otherPaths(options: OtherPathsOptions): Route[] {
  const { runtime, personality } = options
  const date = new HttpDate(runtime)
  const headers = new ResponseHeaders(personality, runtime, options.serverName)
  const around = {
    runtime,
    log: options.log ?? silentLog,
    pendingPeriodMs: personality.pendingPeriodMs,
    date: () => date.now(),
    headerLines: (exchange: Exchange, code: ResponseCode) =>
      headers.lines(exchange.request.head, exchange.request.principal?.domain ?? 'localdomain', {
        code,
        requestType: exchange.request.head.header('x-requesttype'),
        expirationMs: null,
        isConnect: false,
        cookies: ''
      })
  }
  const refusing = (path: string, refusal: Refusal): Route => ({
    path,
    authenticate: true,
    bodyLimitBytes: 0,
    methods: ['POST', 'OPTIONS'],
    handle: (request, response) =>
      new Exchange(request, response, around).answer(() => {
        throw refusal
      })
  })
  const off = new Refusal(ResponseCode.endpointDisabled, 'The endpoint is not switched on.')
  const unknown = new Refusal(ResponseCode.invalidPath, 'No MAPI/HTTP endpoint has this path.')
  return [...(options.disabled ?? []).map(path => refusing(path, off)), refusing('/mapi/*', unknown)]
}
