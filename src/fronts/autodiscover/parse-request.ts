import { SaxesParser } from 'saxes'

/** What an Outlook client asks for ([MS-OXDSCLI] 2.2.3.1.1). */
export interface AutodiscoverRequest {
  emailAddress: string | undefined
  legacyDn: string | undefined
  acceptableResponseSchema: string | undefined
}

const DEPTH_LIMIT = 8
const TEXT_LIMIT = 1024

/** The namespace of a request; some clients and much documentation write it with https. */
const REQUEST_SCHEMA = /^https?:\/\/schemas\.microsoft\.com\/exchange\/autodiscover\/outlook\/requestschema\/2006$/

/**
 * Reads a request. Returns 600 when it is no XML or no Autodiscover request at all, 601 when it is one of another
 * provider (ActiveSync, say). DTDs are refused, so that no entity can be declared; size is bounded by the caller, depth
 * and text here.
 */
export function parseAutodiscoverRequest(bytes: Buffer): AutodiscoverRequest | 600 | 601 {
  const parser = new SaxesParser({ xmlns: true })
  const path: string[] = []
  const texts = new Map<string, string>()
  let schema: string | undefined
  let failed = false
  const stop = () => {
    failed = true
  }
  parser.on('error', stop)
  parser.on('doctype', stop)
  parser.on('opentag', tag => {
    if (path.length >= DEPTH_LIMIT) stop()
    if (path.length === 0) {
      if (tag.local !== 'Autodiscover') stop()
      schema = tag.uri
    }
    path.push(tag.local)
  })
  parser.on('closetag', () => path.pop())
  const text = (piece: string) => {
    const key = path.join('/')
    const value = (texts.get(key) ?? '') + piece
    if (value.length > TEXT_LIMIT) stop()
    else texts.set(key, value)
  }
  parser.on('text', text)
  parser.on('cdata', text)
  const source = decode(bytes)
  if (source === undefined) return 600
  // In pieces, so that a hostile document is given up early.
  for (let at = 0; at < source.length && !failed; at += 4096) parser.write(source.slice(at, at + 4096))
  if (!failed) parser.close()
  if (failed || schema === undefined) return 600
  if (!REQUEST_SCHEMA.test(schema)) return 601
  const field = (name: string) => {
    const value = texts.get(`Autodiscover/Request/${name}`)?.trim()
    return value === '' ? undefined : value
  }
  return {
    emailAddress: field('EMailAddress'),
    legacyDn: field('LegacyDN'),
    acceptableResponseSchema: field('AcceptableResponseSchema')
  }
}

/** UTF-8 or, by its byte order mark, UTF-16; undefined when the bytes are neither. */
function decode(bytes: Buffer): string | undefined {
  if (bytes.length === 0) return undefined
  const encoding =
    bytes[0] === 0xff && bytes[1] === 0xfe ? 'utf-16le' : bytes[0] === 0xfe && bytes[1] === 0xff ? 'utf-16be' : 'utf-8'
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(bytes)
  } catch {
    return undefined
  }
}
