import type { RequestHead } from '../http/request-head.js'

/** What a client says in the headers of its request that it understands ([MS-OXDSCLI] 2.2.2). */
export interface ClientCapabilities {
  /** Highest version of the mapiHttp block, 0 for a client that does not speak MAPI/HTTP. */
  readonly mapiHttp: number
  /** AuthPackage may be Negotiate. */
  readonly negotiate: boolean
  /** There may be an EXHTTP block. */
  readonly exHttpInfo: boolean
}

/** First version of Outlook that knows what X-ClientCanHandle is about: 15 is Outlook 2013. */
const OUTLOOK = 15

/**
 * [MS-OXDSCLI] 2.2.2.1 X-MapiHttpCapability and 2.2.2.3 X-ClientCanHandle. Outlook does not send the latter (product note
 * <1>); it is known by its User-Agent: `Microsoft Office/16.0 (Windows NT 10.0; Microsoft Outlook 16.0.4266; Pro)`.
 */
export function clientCapabilities(head: Pick<RequestHead, 'header' | 'headers'>): ClientCapabilities {
  const mapiHttp = head.header('x-mapihttpcapability') ?? ''
  const canHandle = head
    .headers('x-clientcanhandle')
    .flatMap(line => line.split(','))
    .map(word => word.trim().toLowerCase())
  const outlook = /\bMicrosoft Outlook (\d{1,3})\./.exec(head.header('user-agent') ?? '')
  const isOutlook = outlook !== null && Number(outlook[1]) >= OUTLOOK
  return {
    mapiHttp: /^\d{1,9}$/.test(mapiHttp) ? Number(mapiHttp) : 0,
    negotiate: isOutlook || canHandle.includes('negotiate'),
    exHttpInfo: isOutlook || canHandle.includes('exhttpinfo')
  }
}
