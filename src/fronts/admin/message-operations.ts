import { z } from 'zod'
import { identityValue } from '../../mailbox/messages/message-properties.js'
import { mimeToMessage } from '../../mime/mime-to-message.js'
import { MimeError } from '../../mime/parse-mime-here.js'
import { errorName } from '../../oxcdata/error-code.js'
import { PidTagEntryId, PidTagFolderId, PidTagMid } from '../../oxprops/property-tags.generated.js'
import type { Delivered } from '../../transport/delivery.js'
import { DeliveryRefused, type RefusalReason } from '../../transport/delivery-refused.js'
import type { TransportMessage } from '../../transport/transport-message.js'
import { composeMessage } from './compose-message.js'
import { deliveredSchema, newMessageSchema } from './message-schema.js'
import { answers, json, type Operation, operation } from './operation.js'
import { Problem, type ProblemStatus } from './problem.js'

const JSON_BYTES = 4 << 20
const MIME_BYTES = 48 << 20

const STATUS_OF: Readonly<Record<RefusalReason, ProblemStatus>> = {
  noMailbox: 404,
  elsewhere: 409,
  notForMail: 409,
  mailboxFull: 507,
  messageTooLarge: 413
}

export const messageOperations: readonly Operation[] = [
  operation({
    method: 'POST',
    path: '/admin/mailboxes/{address}/messages',
    id: 'deliverMessage',
    group: 'Messages',
    summary: 'Deliver a message to a mailbox',
    description:
      'As if it had come by mail, unread, into the folder that receives its class; the limits of the mailbox are kept. JSON describes a message; message/rfc822 is one, with the sender and the recipients of its head.',
    parameters: { address: 'Address of the mailbox' },
    body: {
      ...json(newMessageSchema, JSON_BYTES),
      'message/rfc822': { kind: 'bytes', schema: z.instanceof(Uint8Array), limitBytes: MIME_BYTES }
    },
    responses: { 201: answers('Where the message lies', deliveredSchema) },
    problems: [404, 409, 413, 422, 507],
    async handle({ path, body, services }) {
      const { administration, directory, delivery } = services
      const { address } = await administration.user(path.address)
      const owner = directory.byAddress(address)
      if (owner === undefined) throw new Problem(404, `The directory has no ${path.address}.`)
      const isMime = body instanceof Uint8Array
      const message = isMime ? await readMessage(body) : composeMessage(body, { name: owner.displayName, address })
      const received = isMime || body.received === undefined ? undefined : Date.parse(body.received)
      const delivered = await delivery.deliver(message, owner, received).catch(refuse)
      return { status: 201, body: view(delivered, address) }
    }
  })
]

async function readMessage(bytes: Uint8Array): Promise<TransportMessage> {
  try {
    return await mimeToMessage(bytes)
  } catch (error) {
    if (!(error instanceof MimeError)) throw error
    throw new Problem(422, `The message cannot be taken apart: ${error.message}.`)
  }
}

function refuse(error: unknown): never {
  if (!(error instanceof DeliveryRefused)) throw error
  const { reason, message, enhancedStatus, code } = error
  throw new Problem(STATUS_OF[reason], message, [], [], { enhancedStatus, error: errorName(code) })
}

function view({ mailbox, folderId, messageId, internetMessageId }: Delivered, address: string) {
  const identity = { core: mailbox, fid: folderId, mid: messageId, cn: 0 }
  const isKept = messageId !== 0
  const hex = (tag: number): string => Buffer.from(identityValue(identity, tag >>> 16) ?? []).toString('hex')
  return {
    mailbox: address,
    isKept,
    folder: mailbox.tree.find(folderId)?.displayName ?? '',
    folderId: idText(PidTagFolderId, { ...identity, mid: 1 }),
    messageId: isKept ? idText(PidTagMid, identity) : null,
    entryId: isKept ? hex(PidTagEntryId) : null,
    internetMessageId
  }
}

/** An id as clients show it: the 64-bit number that its bytes are. */
function idText(tag: number, identity: Parameters<typeof identityValue>[0]): string {
  const bytes = identityValue(identity, tag >>> 16) ?? new Uint8Array(8)
  return `0x${Buffer.from(bytes).readBigUInt64LE().toString(16).padStart(16, '0')}`
}
