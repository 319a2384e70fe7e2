import { SaxesParser, type SaxesTagNS } from 'saxes'
import { decodeXml } from './decode-xml.js'
import { OUTLOOK_REQUEST_SCHEMA, plainSchema } from './schemas.js'

/** What an Outlook client asks for ([MS-OXDSCLI] 2.2.3.1.1). */
export interface AutodiscoverRequest {
  emailAddress: string | undefined
  legacyDn: string | undefined
  acceptableResponseSchema: string
}

const FIELDS = ['EMailAddress', 'LegacyDN', 'AcceptableResponseSchema'] as const
type Field = (typeof FIELDS)[number]

const DEPTH_LIMIT = 8
const TEXT_LIMIT = 1024
/** Pieces in which a document is read, so that a hostile one is given up early. */
const PIECE = 4096

/** Any request schema of Autodiscover, of Outlook or of another kind of client. */
const REQUEST_SCHEMA = /^http:\/\/schemas\.microsoft\.com\/exchange\/autodiscover\/(\w+\/)?requestschema\/\w+$/

/**
 * Reads a request. Returns 600 when it is no XML or no Autodiscover request, 601 when it is one of another kind of client
 * (ActiveSync, say). DTDs are refused, so that no entity can be declared; the caller bounds the size.
 */
export function parseAutodiscoverRequest(bytes: Buffer): AutodiscoverRequest | 600 | 601 {
  const source = decodeXml(bytes)
  if (source === undefined) return 600
  const reading = new RequestReading()
  for (let at = 0; at < source.length && !reading.failed; at += PIECE)
    reading.parser.write(source.slice(at, at + PIECE))
  if (!reading.failed) reading.parser.close()
  const schema = plainSchema(reading.schema ?? '')
  if (reading.failed || !REQUEST_SCHEMA.test(schema)) return 600
  if (schema !== OUTLOOK_REQUEST_SCHEMA) return 601
  return reading.request() ?? 600
}

/** A document while it is read: where the parser stands and what it has found. */
class RequestReading {
  readonly parser = new SaxesParser({ xmlns: true })
  failed = false
  /** Namespace of the root. */
  schema: string | undefined
  private depth = 0
  private requests = 0
  private inRequest = false
  private field: Field | undefined
  private readonly texts = new Map<Field, string>()

  constructor() {
    const fail = () => this.fail()
    const text = (piece: string) => this.text(piece)
    this.parser.on('error', fail)
    this.parser.on('doctype', fail)
    this.parser.on('opentag', tag => this.open(tag))
    this.parser.on('closetag', () => this.close())
    this.parser.on('text', text)
    this.parser.on('cdata', text)
  }

  /** The request; undefined when it lacks what every one has. */
  request(): AutodiscoverRequest | undefined {
    const value = (name: Field) => this.texts.get(name)?.trim() || undefined
    const acceptableResponseSchema = value('AcceptableResponseSchema')
    const emailAddress = value('EMailAddress')
    const legacyDn = value('LegacyDN')
    if (this.requests !== 1 || acceptableResponseSchema === undefined) return undefined
    if (emailAddress === undefined && legacyDn === undefined) return undefined
    return { emailAddress, legacyDn, acceptableResponseSchema: plainSchema(acceptableResponseSchema) }
  }

  private fail(): void {
    this.failed = true
  }

  private open({ local, uri }: SaxesTagNS): void {
    this.depth++
    if (this.depth === 1) {
      this.schema = uri
      if (local !== 'Autodiscover') this.fail()
    } else if (this.depth > DEPTH_LIMIT || this.field !== undefined) {
      // A field holds text and nothing else.
      this.fail()
    } else if (uri === this.schema && this.depth === 2 && local === 'Request') {
      this.requests++
      this.inRequest = true
    } else if (uri === this.schema && this.depth === 3 && this.inRequest && isField(local)) {
      this.begin(local)
    }
  }

  private begin(field: Field): void {
    if (this.texts.has(field)) this.fail()
    this.texts.set(field, '')
    this.field = field
  }

  private close(): void {
    this.field = undefined
    this.depth--
    if (this.depth === 1) this.inRequest = false
  }

  private text(piece: string): void {
    if (this.field === undefined) return
    const value = this.texts.get(this.field) + piece
    if (value.length > TEXT_LIMIT) this.fail()
    else this.texts.set(this.field, value)
  }
}

function isField(name: string): name is Field {
  return (FIELDS as readonly string[]).includes(name)
}
