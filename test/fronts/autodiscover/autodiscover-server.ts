import { SaxesParser } from 'saxes'
import type { AuthScheme } from '../../../src/auth/index.js'
import { parseConfig } from '../../../src/config.js'
import { Directory, type Principal } from '../../../src/directory/index.js'
import { AutodiscoverEndpoint, type AutodiscoverOptions } from '../../../src/fronts/autodiscover/index.js'
import { HttpServer, httpLimits } from '../../../src/fronts/http/index.js'
import { exchange2016 } from '../../../src/personality.js'
import { systemRuntime } from '../../../src/runtime.js'
import { MemoryEngine, Store } from '../../../store/index.js'
import { RawClient, type RawResponse } from '../raw-client.js'

export const REQUEST = 'http://schemas.microsoft.com/exchange/autodiscover/outlook/requestschema/2006'
export const RESPONSE = 'http://schemas.microsoft.com/exchange/autodiscover/outlook/responseschema/2006a'
export const MOBILE_REQUEST = 'http://schemas.microsoft.com/exchange/autodiscover/mobilesync/requestschema/2006'
export const MOBILE_RESPONSE = 'http://schemas.microsoft.com/exchange/autodiscover/mobilesync/responseschema/2006'

/** A request with these children of its Request element. */
export function requestFor(children: string, { schema = RESPONSE, ns = REQUEST } = {}): string {
  return (
    `<?xml version="1.0" encoding="utf-8"?><Autodiscover xmlns="${ns}"><Request>${children}` +
    `<AcceptableResponseSchema>${schema}</AcceptableResponseSchema></Request></Autodiscover>`
  )
}

export function ask(address: string, options: { schema?: string; ns?: string } = {}): string {
  return requestFor(`<EMailAddress>${address}</EMailAddress>`, options)
}

export interface Asking {
  method?: string
  path?: string
  /** In place of those that a client sends; undefined leaves one out. */
  headers?: Record<string, string | undefined>
  /** Who asks, null for nobody; the password is `secret`. */
  as?: string | null
  password?: string
}

export interface Answer extends RawResponse {
  xml: string
  outline: Outline
  /** Text of the element at a path below `Autodiscover/Response`. */
  at(path: string): string | undefined
}

export interface Outline {
  /** Paths of all elements in order; attributes that are no namespace stand in brackets. */
  paths: string[]
  /** Texts by path, without attributes; the first of each. */
  texts: Map<string, string>
}

export function outline(xml: string): Outline {
  const paths: string[] = []
  const texts = new Map<string, string>()
  const stack: string[] = []
  const parser = new SaxesParser()
  parser.on('opentag', ({ name, attributes }) => {
    const shown = Object.entries(attributes).filter(([key]) => key === 'Type' || key === 'xmlns')
    stack.push(name + shown.map(([key, value]) => `[${key}=${value}]`).join(''))
    paths.push(stack.join('/'))
  })
  parser.on('text', text => {
    const key = stack.map(step => step.replace(/\[.*?\]/g, '')).join('/')
    if (text.trim() !== '' && !texts.has(key)) texts.set(key, text)
  })
  parser.on('closetag', () => stack.pop())
  parser.write(xml).close()
  return { paths, texts }
}

/** Children of each top-level Protocol block by its type, in order, below the block's own element. */
export function blocksOf(xml: string): Map<string, string[]> {
  const blocks = new Map<string, string[]>()
  const stack: string[] = []
  let names: string[] | undefined
  const parser = new SaxesParser()
  parser.on('opentag', ({ name, attributes }) => {
    stack.push(name)
    if (stack.length === 4 && name === 'Protocol') {
      names = []
      if (attributes.Type !== undefined) blocks.set(attributes.Type, names)
    } else if (stack.length > 4) names?.push(stack.slice(4).join('/'))
  })
  parser.on('text', text => {
    if (stack.length === 5 && stack[4] === 'Type' && names !== undefined) blocks.set(text, names)
  })
  parser.on('closetag', () => {
    if (stack.pop() === 'Protocol' && stack.length === 3) names = undefined
  })
  parser.write(xml).close()
  return blocks
}

/** Basic for everybody in the directory, with the password `secret`; empty credentials are those of nobody. */
function oneSecret(directory: Directory): AuthScheme {
  return {
    name: 'Basic',
    connectionBound: false,
    challenge: 'Basic realm="ropewalk"',
    authenticate: credentials => {
      const [address, password] = Buffer.from(credentials, 'base64').toString('utf8').split(':')
      if (address === '' && password === '') return { kind: 'anonymous' }
      const principal = directory.byAddress(address)
      return principal === undefined || password !== 'secret' ? { kind: 'refused' } : { kind: 'principal', principal }
    }
  }
}

export interface AutodiscoverServer {
  readonly port: number
  readonly directory: Directory
  readonly alice: Principal
  readonly bob: Principal
  ask(body: string | Buffer, asking?: Asking): Promise<Answer>
  close(): Promise<void>
}

/** An HTTP server with Autodiscover and nothing else; Alice may open the mailbox of Bob. */
export async function serveAutodiscover(options: Partial<AutodiscoverOptions> = {}): Promise<AutodiscoverServer> {
  const runtime = systemRuntime
  const directory = await Directory.open(new Store(new MemoryEngine()), runtime)
  const bob = await directory.add({ address: 'bob@example.com', displayName: 'Bob & Co' })
  const alice = await directory.add({
    address: 'alice@example.com',
    displayName: 'Alice <Ä>',
    aliases: ['a.smith@example.com'],
    proxyAddresses: ['X500:/o=Former/ou=First Administrative Group/cn=Recipients/cn=alice'],
    fullAccess: ['bob@example.com']
  })
  const common = { directory, runtime, personality: exchange2016, publicUrl: '', serverName: 'ropewalk' }
  const http = new HttpServer({
    runtime,
    limits: httpLimits(parseConfig({ logLevel: 'silent' })),
    routes: new AutodiscoverEndpoint({ ...common, ...options }).routes(),
    schemes: [oneSecret(directory)],
    generation: () => directory.generation
  })
  const port = await http.listen(0, '127.0.0.1')
  http.ready()
  return {
    ...{ port, directory, alice, bob },
    ask: (body, asking) => request(port, Buffer.from(body), asking),
    close: () => http.close(500)
  }
}

async function request(port: number, body: Buffer, asking: Asking = {}): Promise<Answer> {
  const { method = 'POST', path = '/Autodiscover/Autodiscover.xml', as = 'alice@example.com' } = asking
  const credentials = Buffer.from(`${as}:${asking.password ?? 'secret'}`).toString('base64')
  const headers: Record<string, string | undefined> = {
    Host: 'mail.example.com:8443',
    Authorization: as === null ? undefined : `Basic ${credentials}`,
    'Content-Type': 'text/xml',
    'Content-Length': String(body.length),
    Connection: 'close',
    ...asking.headers
  }
  const lines = Object.entries(headers).map(([name, value]) => (value === undefined ? '' : `${name}: ${value}\r\n`))
  const client = await RawClient.open(port)
  client.send(Buffer.concat([Buffer.from(`${method} ${path} HTTP/1.1\r\n${lines.join('')}\r\n`, 'latin1'), body]))
  const response = method === 'HEAD' ? headOf(await client.all()) : await client.response()
  client.close()
  const xml = response.body.toString('utf8')
  const seen = xml.startsWith('<?xml') ? outline(xml) : { paths: [], texts: new Map<string, string>() }
  return { ...response, xml, outline: seen, at: place => seen.texts.get(`Autodiscover/Response/${place}`) }
}

/** The answer to HEAD, which has the headers of a body and no body. */
function headOf(text: string): RawResponse {
  const [first, ...lines] = text.trimEnd().split('\r\n')
  const headers = lines.map((line): [string, string] => {
    const colon = line.indexOf(':')
    return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()]
  })
  return {
    ...{ status: Number(first.split(' ')[1]), headers, body: Buffer.alloc(0), chunked: false, size: text.length },
    header: name => headers.find(([key]) => key === name)?.[1],
    all: name => headers.filter(([key]) => key === name).map(([, value]) => value)
  }
}
