import { newGuid, systemRuntime } from '../runtime.js'
import type { HttpConnection, HttpResponse } from './http-connection.js'
import type { LogOn } from './log-on.js'

/**
 * What a client keeps between its requests to one endpoint ([MS-OXCMAPIHTTP] 3.1.1): cookies, as a browser would, who it is, and
 * the number of its last request.
 */
export class ClientContext {
  readonly cookies = new Map<string, string>()
  private readonly clientInfo = `{${newGuid(systemRuntime).toUpperCase()}}`
  private counter = 0

  constructor(private readonly logOn: LogOn) {}

  /** Sends a request of any type and returns the HTTP answer. */
  async post(connection: HttpConnection, target: string, requestType: string, body: Uint8Array): Promise<HttpResponse> {
    const headers: Record<string, string> = {
      'Content-Type': 'application/mapi-http',
      'X-RequestType': requestType,
      'X-RequestId': `${this.clientInfo}:${++this.counter}`,
      'X-ClientInfo': `${this.clientInfo}:1`,
      'X-ClientApplication': 'Outlook/16.0.4266.1001'
    }
    if (this.cookies.size > 0) headers.Cookie = [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ')
    const authorization = await this.logOn(connection, target)
    if (authorization !== undefined) headers.Authorization = authorization
    const response = await connection.request('POST', target, headers, body)
    for (const line of response.setCookies) {
      const [pair] = line.split(';', 1)
      this.cookies.set(pair.slice(0, pair.indexOf('=')).trim(), pair.slice(pair.indexOf('=') + 1).trim())
    }
    return response
  }
}
