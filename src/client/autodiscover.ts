import { SaxesParser } from 'saxes'
import { HttpConnection, type HttpConnectionOptions } from './http-connection.js'
import type { LogOn } from './log-on.js'

/** Where a mailbox is and who it is, as a POX Autodiscover answer says ([MS-OXDSCLI] 2.2.4). */
export interface DiscoveredMailbox {
  displayName: string
  legacyDn: string
  /** Primary address of the mailbox, whichever was asked for. */
  address: string
  /** One GUID per installation of the server. */
  deploymentId: string
  /** URL of the MAPI/HTTP mailbox endpoint, `?MailboxId=` included. */
  mailStoreUrl: string
  /** URL of the address book over MAPI/HTTP, undefined when the server has none. */
  addressBookUrl: string | undefined
  /** Other mailboxes that the server wants to be opened; each needs a discovery of its own. */
  alternativeMailboxes: { displayName: string; address: string }[]
  /** Address of the mailbox of the public folders, if there is one; it needs a discovery of its own. */
  publicFolderAddress: string | undefined
}

/** The server refused, or answered what is no mailbox; `code` is that of the Autodiscover error, if there is one. */
export class AutodiscoverError extends Error {
  constructor(
    message: string,
    readonly code?: number
  ) {
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

/** Asks the server at `options` for the mailbox of an address; without a log-on or a finished header as nobody. */
export async function discover(
  options: HttpConnectionOptions,
  address: string,
  logOn?: LogOn | string
): Promise<DiscoveredMailbox> {
  const body =
    `<?xml version="1.0" encoding="utf-8"?>\n<Autodiscover xmlns="${REQUEST_SCHEMA}"><Request>` +
    `<EMailAddress>${address.replaceAll('&', '&amp;').replaceAll('<', '&lt;')}</EMailAddress>` +
    `<AcceptableResponseSchema>${RESPONSE_SCHEMA}</AcceptableResponseSchema></Request></Autodiscover>`
  const connection = await HttpConnection.open(options)
  try {
    const headers: Record<string, string> = { 'Content-Type': 'text/xml', 'X-MapiHttpCapability': '1' }
    const authorization = typeof logOn === 'function' ? await logOn(connection, PATH) : logOn
    if (authorization !== undefined) headers.Authorization = authorization
    const response = await connection.request('POST', PATH, headers, Buffer.from(body))
    if (response.status === 401) throw new AutodiscoverError('the server refused the credentials')
    if (response.status !== 200) throw new AutodiscoverError(`the server answered HTTP ${response.status}`)
    return parseAnswer(response.body.toString('utf8'))
  } finally {
    connection.close()
  }
}

/** An element as its children's texts by name, the first of each; blocks that are looked for by themselves are apart. */
type Texts = Map<string, string>

/** Blocks of an answer, each with the texts of the elements below it by their path, namespaces dropped. */
const BLOCKS = ['User', 'MapiHttp', 'AlternativeMailbox', 'PublicFolderInformation', 'Error'] as const

function readBlocks(xml: string): Map<string, Texts[]> {
  const blocks = new Map<string, Texts[]>(BLOCKS.map(name => [name, []]))
  const path: string[] = []
  let block: { texts: Texts; depth: number } | undefined
  const parser = new SaxesParser()
  parser.on('opentag', tag => {
    path.push(tag.attributes.Type === 'mapiHttp' ? 'MapiHttp' : tag.name)
    const list = block === undefined ? blocks.get(path[path.length - 1]) : undefined
    if (list === undefined) return
    block = { texts: new Map(), depth: path.length }
    list.push(block.texts)
  })
  parser.on('text', text => {
    if (block === undefined) return
    const key = path.slice(block.depth).join('/')
    block.texts.set(key, (block.texts.get(key) ?? '') + text)
  })
  parser.on('closetag', () => {
    if (block?.depth === path.length) block = undefined
    path.pop()
  })
  parser.write(xml).close()
  return blocks
}

function parseAnswer(xml: string): DiscoveredMailbox {
  const blocks = readBlocks(xml)
  const all = (name: (typeof BLOCKS)[number]) => blocks.get(name) as Texts[]
  const text = (texts: Texts | undefined, path: string) => texts?.get(path)?.trim() || undefined
  const [error] = all('Error')
  if (error !== undefined) {
    const code = text(error, 'ErrorCode')
    const message = `${code ?? ''} ${text(error, 'Message') ?? ''}`.trim()
    throw new AutodiscoverError(message, code === undefined ? undefined : Number(code))
  }
  const [user] = all('User')
  const [mapiHttp] = all('MapiHttp')
  const url = (place: string) => text(mapiHttp, `${place}/ExternalUrl`) ?? text(mapiHttp, `${place}/InternalUrl`)
  const mailStoreUrl = url('MailStore')
  const legacyDn = text(user, 'LegacyDN')
  if (mailStoreUrl === undefined || legacyDn === undefined)
    throw new AutodiscoverError('the answer names no MAPI/HTTP mailbox')
  return {
    displayName: text(user, 'DisplayName') ?? '',
    legacyDn,
    address: text(user, 'AutoDiscoverSMTPAddress') ?? '',
    deploymentId: text(user, 'DeploymentId') ?? '',
    mailStoreUrl,
    addressBookUrl: url('AddressBook'),
    alternativeMailboxes: all('AlternativeMailbox').map(texts => ({
      displayName: text(texts, 'DisplayName') ?? '',
      address: text(texts, 'SmtpAddress') ?? ''
    })),
    publicFolderAddress: text(all('PublicFolderInformation')[0], 'SmtpAddress')
  }
}
