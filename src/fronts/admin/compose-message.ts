import { parsePeople, setName } from '../../mime/mime-to-message.js'
import { PropertyBag } from '../../oxcdata/property-bag.js'
import { type PropertyTag, tagType } from '../../oxcdata/property-tag.js'
import { encodeValue, type PropertyValue } from '../../oxcdata/property-value.js'
import * as tags from '../../oxprops/property-tags.generated.js'
import { toFiletime } from '../../runtime.js'
import type {
  MessageRecipient,
  Person,
  TransportAttachment,
  TransportMessage
} from '../../transport/transport-message.js'
import { AdministrationError, type PlacedProblem } from './administration-error.js'
import type { NewMessage } from './message-schema.js'

const IMPORTANCE = { low: 0, normal: 1, high: 2 } as const
const SENSITIVITY = { normal: 0, personal: 1, private: 2, confidential: 3 } as const
const UTF8_CODE_PAGE = 65001
const NATIVE = { text: 1, html: 3 } as const
const BY_VALUE = 1
const RENDERED_IN_BODY = 4

/** The message that a body of JSON describes. `owner` receives it where it names no recipient. */
export function composeMessage(body: NewMessage, owner: Person): TransportMessage {
  const properties = new PropertyBag()
  const set = (tag: PropertyTag, value: PropertyValue): unknown => properties.set(tag, encodeValue(tagType(tag), value))
  set(tags.PidTagMessageClass, body.messageClass ?? 'IPM.Note')
  set(tags.PidTagSubject, body.subject ?? '')
  set(tags.PidTagInternetCodepage, UTF8_CODE_PAGE)
  if (body.body !== undefined || body.html === undefined) set(tags.PidTagBody, body.body ?? '')
  if (body.html !== undefined) properties.set(tags.PidTagHtml, Buffer.from(body.html, 'utf8'))
  set(tags.PidTagNativeBody, body.html === undefined ? NATIVE.text : NATIVE.html)
  if (body.importance !== undefined) set(tags.PidTagImportance, IMPORTANCE[body.importance])
  if (body.sensitivity !== undefined) set(tags.PidTagSensitivity, SENSITIVITY[body.sensitivity])
  if (body.sent !== undefined) set(tags.PidTagClientSubmitTime, toFiletime(Date.parse(body.sent)))
  if (body.internetMessageId !== undefined) set(tags.PidTagInternetMessageId, body.internetMessageId)
  if (body.inReplyTo !== undefined) set(tags.PidTagInReplyToId, body.inReplyTo)
  const named = (['to', 'cc', 'bcc'] as const).flatMap(kind =>
    (body[kind] ?? []).map((text): MessageRecipient => ({ ...personOf(text), kind }))
  )
  const recipients = named.length === 0 ? [{ ...owner, kind: 'to' } as const] : named
  const from = personOf(body.from)
  set(tags.PidTagTransportMessageHeaders, headOf(body, from, recipients))
  const own = Object.entries(body.headers ?? {}).map(([name, value]) => ({ name, value }))
  return {
    from,
    sender: body.sender === undefined ? from : personOf(body.sender),
    replyTo: (body.replyTo ?? []).map(personOf),
    recipients,
    properties,
    headers: own.filter(({ name }) => /^x-/i.test(name)),
    attachments: attachmentsOf(body)
  }
}

function personOf(text: string): Person {
  return parsePeople(text)[0]
}

function headOf(body: NewMessage, from: Person, recipients: readonly MessageRecipient[]): string {
  const shown = ({ name, address }: Person): string =>
    name === '' ? address : `"${name.replaceAll(/["\\]/g, '\\$&')}" <${address}>`
  const list = (kind: string): string =>
    recipients
      .filter(one => one.kind === kind)
      .map(shown)
      .join(', ')
  const lines: [string, string | undefined][] = [
    ['From', shown(from)],
    ['To', list('to')],
    ['Cc', list('cc')],
    ['Subject', body.subject],
    ['Date', body.sent === undefined ? undefined : new Date(body.sent).toUTCString().replace('GMT', '+0000')],
    ['Message-ID', body.internetMessageId],
    ['In-Reply-To', body.inReplyTo],
    ...Object.entries(body.headers ?? {})
  ]
  const text = (value: string): string => value.replaceAll(/[\r\n]+/g, ' ')
  return lines.map(([name, value]) => (value ? `${name}: ${text(value)}\r\n` : '')).join('')
}

function attachmentsOf({ attachments = [], html = '' }: NewMessage): TransportAttachment[] {
  const problems: PlacedProblem[] = []
  const made = attachments.map(({ name, contentType, contentId, text, base64 }, at) => {
    const properties = new PropertyBag()
    const set = (tag: PropertyTag, value: PropertyValue): void =>
      void properties.set(tag, encodeValue(tagType(tag), value))
    set(tags.PidTagAttachMethod, BY_VALUE)
    set(tags.PidTagRenderingPosition, -1)
    set(tags.PidTagAttachMimeTag, contentType ?? 'application/octet-stream')
    setName(set, name)
    if (contentId !== undefined) {
      set(tags.PidTagAttachContentId, contentId)
      if (html.includes(`cid:${contentId}`)) {
        set(tags.PidTagAttachFlags, RENDERED_IN_BODY)
        set(tags.PidTagAttachmentHidden, true)
      }
    }
    const content = text === undefined ? decodeBase64(base64 ?? '') : Buffer.from(text, 'utf8')
    if (content === undefined) problems.push({ path: `attachments.${at}.base64`, message: 'is not base64' })
    else properties.set(tags.PidTagAttachDataBinary, content)
    return { properties }
  })
  if (problems.length > 0) throw new AdministrationError('invalid', 'An attachment cannot be read.', problems)
  return made
}

/** Node passes over what is no base64; the number of bytes tells. A pattern over megabytes would take longer. */
function decodeBase64(text: string): Buffer | undefined {
  const bytes = Buffer.from(text, 'base64')
  const padding = text.endsWith('==') ? 2 : text.endsWith('=') ? 1 : 0
  return text.length % 4 === 0 && bytes.length === (text.length / 4) * 3 - padding ? bytes : undefined
}
