import type { PropertyObject } from '../src/mailbox/domain.js'
import type { RopCall } from './rop.js'

/** Kinds whose properties the ROPs of [MS-OXCPRPT] 2.2 read and set. */
export type PropertyKind = 'logon' | 'folder' | 'message' | 'attachment'

/** The object whose properties a ROP speaks of: for a logon the mailbox, as it shows itself to that one. */
export function objectOf(call: RopCall<PropertyKind>): PropertyObject {
  const { input } = call
  return input.kind === 'logon' ? input.mailbox.seenBy(input.actor) : input
}

/** Code page of 8-bit strings on an object: that with which its message was opened, else the session's ([MS-OXCPRPT] 3.2.5.1). */
export function codePageOf(call: RopCall<PropertyKind>): number {
  const { input } = call
  if (input.kind === 'message') return input.codePage
  if (input.kind === 'attachment') return input.message.codePage
  return call.session.codePage
}

/** CodePageId of the ROPs that open or create messages: 0x0FFF stands for the code page of the logon ([MS-OXCMSG] 2.2.3.1.1). */
export function requestedCodePage(call: RopCall, codePageId: number): number {
  return codePageId === 0x0fff ? call.session.codePage : codePageId
}
