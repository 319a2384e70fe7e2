/** Encodings of one byte a character, or UTF-8, that a document may declare; UTF-16 shows itself by its bytes. */
const DECLARED: Readonly<Record<string, string>> = {
  'utf-8': 'utf-8',
  'us-ascii': 'utf-8',
  'iso-8859-1': 'windows-1252',
  'windows-1252': 'windows-1252'
}

/** How far into a document its declaration is looked for. */
const DECLARATION_BYTES = 256

/**
 * The text of an XML document: UTF-16 by its byte order mark or its first character (XML 1.0, appendix F), else what its
 * declaration says, else UTF-8, which [MS-OXDSCLI] demands. Undefined when the bytes are not what they say.
 */
export function decodeXml(bytes: Buffer): string | undefined {
  const encoding = encodingOf(bytes)
  if (encoding === undefined) return undefined
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(bytes)
  } catch {
    return undefined
  }
}

function encodingOf(bytes: Buffer): string | undefined {
  const first = bytes.length < 2 ? 0 : bytes.readUInt16BE(0)
  if (first === 0xfffe || first === 0x3c00) return 'utf-16le'
  if (first === 0xfeff || first === 0x003c) return 'utf-16be'
  const start = bytes.toString('latin1', 0, DECLARATION_BYTES)
  const declared = /^(?:\xef\xbb\xbf)?<\?xml\s[^>]*?\bencoding\s*=\s*["']([\w.-]+)["']/.exec(start)
  return declared === null ? 'utf-8' : DECLARED[declared[1].toLowerCase()]
}
