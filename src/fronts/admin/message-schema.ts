import { z } from 'zod'
import { parsePeople } from '../../mime/mime-to-message.js'

const PEOPLE = 5000
const person = z
  .string()
  .max(1000)
  .refine(text => {
    const people = parsePeople(text)
    return people.length === 1 && /^[^@\s]+@[^@\s]+$/.test(people[0].address)
  }, 'must be one person: `Name <address>` or an address')
  .describe('`Name <address>` or an address; one of the directory gets its name and DN from there')
const people = (description: string) => z.array(person).max(PEOPLE).optional().describe(description)

const moment = z
  .string()
  .refine(text => isMoment(Date.parse(text)), 'must be a date and time such as 2026-03-01T09:30:00Z')

/** What FILETIME and Date both can say. */
function isMoment(ms: number): boolean {
  return ms >= Date.UTC(1601, 0, 1) && ms < Date.UTC(10_000, 0, 1)
}

const messageId = z.string().regex(/^<[\x21-\x7e]{1,900}>$/, 'must be <something@somewhere>')
const token = /^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,127}$/

const attachment = z
  .strictObject({
    name: z.string().min(1).max(255).describe('File name'),
    contentType: z
      .string()
      .regex(/^[\w!#$&^.+-]{1,127}\/[\w!#$&^.+-]{1,127}$/, 'must be a media type such as text/plain')
      .optional()
      .describe('Media type; application/octet-stream when absent'),
    contentId: z.string().min(1).max(255).optional().describe('What the HTML body names it by: `cid:` and this'),
    text: z.string().optional().describe('Content as text, kept in UTF-8'),
    base64: z.string().optional().describe('Content as base64')
  })
  .refine(({ text, base64 }) => (text === undefined) !== (base64 === undefined), 'give one of text and base64')

/** Body of POST /admin/mailboxes/{address}/messages. */
export const newMessageSchema = z
  .strictObject({
    from: person,
    sender: person.optional().describe('Who sends on behalf of `from`; the same when absent'),
    to: people('Primary recipients; the owner of the mailbox when nobody is named at all'),
    cc: people('Carbon copy recipients'),
    bcc: people('Blind carbon copy recipients'),
    replyTo: people('Who gets an answer; the sender when absent'),
    subject: z.string().max(100_000).optional(),
    body: z.string().optional().describe('Plain text body'),
    html: z.string().optional().describe('HTML body'),
    importance: z.enum(['low', 'normal', 'high']).optional(),
    sensitivity: z.enum(['normal', 'personal', 'private', 'confidential']).optional(),
    messageClass: z
      .string()
      .regex(/^[\x21-\x7e]{1,255}$/, 'must be a message class such as IPM.Note')
      .optional()
      .describe('IPM.Note when absent; decides the folder that receives the message'),
    sent: moment.optional().describe('Submission time; that of the delivery when absent'),
    received: moment.optional().describe('Delivery time; now when absent'),
    internetMessageId: messageId.optional().describe('Message-ID; a new one when absent'),
    inReplyTo: messageId.optional().describe('Message-ID of the message that it answers'),
    headers: z
      .record(
        z.string().regex(token, 'must be the name of a header field'),
        z
          .string()
          .max(10_000)
          .regex(/^[^\r\n\0]*$/, 'must be one line')
      )
      .optional()
      .describe('Further head lines; those of senders’ own making (X-...) become named properties'),
    attachments: z.array(attachment).max(1024).optional()
  })
  .meta({ id: 'NewMessage' })
export type NewMessage = z.infer<typeof newMessageSchema>

/** Where a delivered message lies. Ids as clients know them. */
export const deliveredSchema = z
  .strictObject({
    mailbox: z.string().describe('Address of the mailbox'),
    isKept: z.boolean().describe('False when a rule has dropped the message: then it has no ids'),
    folder: z.string().describe('Display name of the folder'),
    folderId: z.string().describe('PidTagFolderId, 64 bits in hexadecimal'),
    messageId: z.string().nullable().describe('PidTagMid, 64 bits in hexadecimal'),
    entryId: z.string().nullable().describe('PidTagEntryId, hexadecimal'),
    internetMessageId: z.string()
  })
  .meta({ id: 'DeliveredMessage' })
