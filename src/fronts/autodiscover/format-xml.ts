/** An element to be written: name, attributes, and text or children. Children that are undefined are left out. */
export interface XmlElement {
  name: string
  attributes?: Record<string, string>
  content: string | readonly (XmlElement | undefined)[]
}

export function element(name: string, content: XmlElement['content'], attributes?: Record<string, string>): XmlElement {
  return { name, content, attributes }
}

const NOT_XML = /[^\t\n\r\x20-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu
const SPECIAL: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', '\r': '&#13;' }

/** Text as it may stand in XML 1.0: special characters escaped, and carriage returns, which a reader would take for
 * line feeds; those that no document may hold replaced. */
export function escapeXml(text: string): string {
  return text.replace(NOT_XML, '\ufffd').replace(/[&<>"\r]/g, character => SPECIAL[character])
}

/** The whole document with its declaration. */
export function formatXml(root: XmlElement): Buffer {
  return Buffer.from(`<?xml version="1.0" encoding="utf-8"?>\r\n${format(root, '')}`, 'utf8')
}

function format({ name, attributes, content }: XmlElement, indent: string): string {
  let head = `${indent}<${name}`
  for (const [key, value] of Object.entries(attributes ?? {})) head += ` ${key}="${escapeXml(value)}"`
  if (content.length === 0) return `${head} />\r\n`
  if (typeof content === 'string') return `${head}>${escapeXml(content)}</${name}>\r\n`
  let inner = ''
  for (const child of content) if (child !== undefined) inner += format(child, `${indent}  `)
  return `${head}>\r\n${inner}${indent}</${name}>\r\n`
}
