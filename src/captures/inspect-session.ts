import { formatTree, type TreeFormat } from './listing/format-tree.js'
import { type ListedExchange, SessionListing } from './listing/list-exchange.js'
import type { Tree } from './listing/tree.js'
import { treeJson } from './listing/tree-json.js'
import type { FoundSession } from './read-session.js'
import type { RecordedExchange, RecordedMessage } from './recorded-session.js'
import { selectExchanges } from './select-exchanges.js'

/** The listing of a session as lines; `only` names the exchanges, all of them without it. CaptureError when there is no such exchange. */
export function* inspectText(found: FoundSession, format: TreeFormat, only?: string): Generator<string> {
  const { source, exchanges, facts } = found.session
  const { paint } = format
  const listed = listWanted(found, selectExchanges(found.session, only))
  if (found.onlyFile === undefined) {
    yield paint.title(`${source}: ${exchanges.length} ${exchanges.length === 1 ? 'exchange' : 'exchanges'}`)
    for (const [name, value] of facts) yield `${paint.faint(name.padEnd(10))}${value}`
  }
  for (const one of listed) yield* exchangeText(one, found.onlyFile, format)
}

/** Exchanges are listed in order, those that nobody asked for as well: they teach what later ones mean. */
function* listWanted(
  { session, onlyFile }: FoundSession,
  wanted: ReadonlySet<RecordedExchange>
): Generator<ListedExchange> {
  const listing = new SessionListing()
  for (const exchange of session.exchanges) {
    const listed = listing.list(exchange)
    if (wanted.has(exchange) && (onlyFile === undefined || holds(exchange, onlyFile))) yield listed
  }
}

function holds({ request, response }: RecordedExchange, file: string): boolean {
  return request?.file === file || response?.file === file
}

function* exchangeText(
  { exchange, request, response }: ListedExchange,
  onlyFile: string | undefined,
  format: TreeFormat
): Generator<string> {
  const { name, type, url, status, requestBytes, responseBytes } = exchange
  const { paint } = format
  yield ''
  const http = status === undefined ? '' : `  HTTP ${status}`
  yield paint.title(`${name}  ${type}${http}`) + (url === undefined ? '' : `  ${paint.faint(url)}`)
  yield* messageText('request', exchange.request, request, requestBytes, onlyFile, format)
  yield* messageText('response', exchange.response, response, responseBytes, onlyFile, format)
}

function* messageText(
  what: string,
  message: RecordedMessage | undefined,
  tree: Tree | undefined,
  bytes: number | undefined,
  onlyFile: string | undefined,
  format: TreeFormat
): Generator<string> {
  const { paint } = format
  if (message === undefined || tree === undefined) {
    if (onlyFile === undefined && bytes !== undefined) yield `  ${what}  ${paint.faint(`${bytes} bytes, not recorded`)}`
    return
  }
  if (onlyFile !== undefined && message.file !== onlyFile) return
  yield `  ${paint.title(what)}  ${paint.faint(`${message.bytes.byteLength} bytes, ${message.file}`)}`
  for (const [name, value] of message.headers) yield `    ${paint.faint(`${name}:`)} ${value}`
  yield* formatTree(tree, format, 2)
}

/** The same as the pieces of one JSON document: `{source, facts, exchanges: [{name, type, request: {fields: [...]}, response}]}`. */
export function* inspectJson(found: FoundSession, hex: boolean, only?: string): Generator<string> {
  const { source, facts } = found.session
  const head = { source, facts: facts.map(([name, value]) => ({ name, value })) }
  const listed = listWanted(found, selectExchanges(found.session, only))
  let separator = `${JSON.stringify(head).slice(0, -1)},"exchanges":[\n`
  for (const { exchange, request, response } of listed) {
    const { name, type, url, status, requestBytes, responseBytes } = exchange
    const json = {
      ...{ name, type, url, status },
      request: messageJson(exchange.request, request, requestBytes, found.onlyFile, hex),
      response: messageJson(exchange.response, response, responseBytes, found.onlyFile, hex)
    }
    yield `${separator}${JSON.stringify(json)}`
    separator = ',\n'
  }
  yield `${separator === ',\n' ? '' : separator}\n]}\n`
}

function messageJson(
  message: RecordedMessage | undefined,
  tree: Tree | undefined,
  bytes: number | undefined,
  onlyFile: string | undefined,
  hex: boolean
): object | undefined {
  if (message === undefined || tree === undefined) return bytes === undefined ? undefined : { bytes, recorded: false }
  if (onlyFile !== undefined && message.file !== onlyFile) return undefined
  const headers = message.headers.map(([name, value]) => ({ name, value }))
  const fields = treeJson(tree, hex).children ?? []
  return { file: message.file, bytes: message.bytes.byteLength, headers, fields }
}
