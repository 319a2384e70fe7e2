import { SaxesParser } from 'saxes'
import { HttpConnection, type HttpConnectionOptions } from './http-connection.js'
import type { LogOn } from './log-on.js'

/** Where a mailbox is and who it is, as a POX Autodiscover answer says ([MS-OXDSCLI] 2.2.4). */
export interface DiscoveredMailbox {
  displayName: string
  legacyDn: string
  address: string
  /** URL of the MAPI/HTTP mailbox endpoint, `?MailboxId=` included. */
  mailStoreUrl: string
  addressBookUrl: string | undefined
}

export class AutodiscoverError extends Error {
  constructor(message: string) {
    super(message)
    this.name = 'AutodiscoverError'
  }
}

const PATH = '/autodiscover/autodiscover.xml'
const RESPONSE_SCHEMA = 'http://schemas.microsoft.com/exchange/autodiscover/outlook/responseschema/2006a'
const REQUEST_SCHEMA = 'http://schemas.microsoft.com/exchange/autodiscover/outlook/requestschema/2006'

export function basicAuthorization(user: string, password: string): string {
  return `Basic ${Buffer.from(`${user}:${password}`, 'utf8').toString('base64')}`
}

/** Asks the server at `options` for the mailbox of an address; `logOn` may be a finished header. */
export async function discover(
  options: HttpConnectionOptions,
  address: string,
  logOn: LogOn | string
): Promise<DiscoveredMailbox> {
  const body =
    `<?xml version="1.0" encoding="utf-8"?>\n<Autodiscover xmlns="${REQUEST_SCHEMA}"><Request>` +
    `<EMailAddress>${address.replaceAll('&', '&amp;').replaceAll('<', '&lt;')}</EMailAddress>` +
    `<AcceptableResponseSchema>${RESPONSE_SCHEMA}</AcceptableResponseSchema></Request></Autodiscover>`
  const connection = await HttpConnection.open(options)
  try {
    const authorization = typeof logOn === 'function' ? await logOn(connection, PATH) : logOn
    const headers: Record<string, string> = { 'Content-Type': 'text/xml', 'X-MapiHttpCapability': '1' }
    if (authorization !== undefined) headers.Authorization = authorization
    const response = await connection.request('POST', PATH, headers, Buffer.from(body))
    if (response.status === 401) throw new AutodiscoverError('the server refused the credentials')
    if (response.status !== 200) throw new AutodiscoverError(`the server answered HTTP ${response.status}`)
    return parseAnswer(response.body.toString('utf8'))
  } finally {
    connection.close()
  }
}

/** Reads an answer; element paths are joined with `/`, namespaces dropped. */
function parseAnswer(xml: string): DiscoveredMailbox {
  const texts = new Map<string, string>()
  const path: string[] = []
  const parser = new SaxesParser()
  parser.on('opentag', tag => path.push(tag.attributes.Type === 'mapiHttp' ? 'MapiHttp' : tag.name))
  parser.on('text', text => {
    const key = path.join('/')
    texts.set(key, (texts.get(key) ?? '') + text)
  })
  parser.on('closetag', () => path.pop())
  parser.write(xml).close()
  const find = (ending: string): string | undefined => {
    for (const [key, text] of texts) if (key.endsWith(ending) && text.trim() !== '') return text.trim()
    return undefined
  }
  const error = find('Error/Message')
  if (error !== undefined) throw new AutodiscoverError(`${find('Error/ErrorCode') ?? ''} ${error}`.trim())
  const mailStoreUrl = find('MapiHttp/MailStore/ExternalUrl') ?? find('MapiHttp/MailStore/InternalUrl')
  const legacyDn = find('User/LegacyDN')
  if (mailStoreUrl === undefined || legacyDn === undefined)
    throw new AutodiscoverError('the answer names no MAPI/HTTP mailbox')
  return {
    displayName: find('User/DisplayName') ?? '',
    legacyDn,
    address: find('User/AutoDiscoverSMTPAddress') ?? '',
    mailStoreUrl,
    addressBookUrl: find('MapiHttp/AddressBook/ExternalUrl') ?? find('MapiHttp/AddressBook/InternalUrl')
  }
}
