import { bytes, struct, u32 } from '../../bufferstructs/index.js'
import { TargetInfo, writeAvPairs } from './av-pairs.js'
import {
  bytesOfText,
  fieldBytes,
  MessageBuilder,
  messageField,
  messageTypes,
  ntlmVersion,
  openMessage,
  textOf
} from './message-fields.js'
import { hasFlags, NegotiateFlags } from './negotiate-flags.js'

/** [MS-NLMP] 2.2.1.2 CHALLENGE_MESSAGE: what the server takes of the offer, who it is, and the number to answer. */
export interface ChallengeMessage {
  flags: number
  /** NetBIOS name of the domain, or of the server where it stands in none. */
  targetName: string
  /** 8 bytes. */
  serverChallenge: Uint8Array
  targetInfo: TargetInfo
}

const head = struct({ targetName: messageField, flags: u32, serverChallenge: bytes(8) })
const HEAD_BYTES = 56
/** Servers before Windows 2000 end their fixed part with the challenge. */
const SHORTEST_BYTES = 32

/** MalformedBuffer for what is no such message, or one whose fields do not lie within it. */
export function parseChallengeMessage(message: Uint8Array): ChallengeMessage {
  const reader = openMessage(message, messageTypes.challenge)
  const { targetName, flags, serverChallenge } = head.read(reader)
  let info = message.subarray(0, 0)
  if (hasFlags(flags, NegotiateFlags.TARGET_INFO)) {
    reader.take(8)
    info = fieldBytes(message, messageField.read(reader), reader.position)
  }
  return {
    flags,
    targetName: textOf(fieldBytes(message, targetName, SHORTEST_BYTES), flags),
    serverChallenge: serverChallenge.slice(),
    targetInfo: TargetInfo.parse(info)
  }
}

export function formatChallengeMessage(message: ChallengeMessage): Uint8Array {
  return new MessageBuilder(messageTypes.challenge, HEAD_BYTES)
    .field(bytesOfText(message.targetName, message.flags))
    .number(message.flags)
    .fixed(message.serverChallenge)
    .fixed(new Uint8Array(8))
    .field(writeAvPairs(message.targetInfo.pairs))
    .fixed(ntlmVersion)
    .build()
}

/** What goes with the message whatever the client offers, and what does when it offers it ([MS-NLMP] 3.2.5.1.1). */
const ALWAYS = NegotiateFlags.NTLM | NegotiateFlags.TARGET_INFO | NegotiateFlags.VERSION
const AS_OFFERED =
  NegotiateFlags.REQUEST_TARGET |
  NegotiateFlags.SIGN |
  NegotiateFlags.SEAL |
  NegotiateFlags.ALWAYS_SIGN |
  NegotiateFlags.EXTENDED_SESSIONSECURITY |
  NegotiateFlags.IDENTIFY |
  NegotiateFlags.KEY_128 |
  NegotiateFlags.KEY_EXCH |
  NegotiateFlags.KEY_56

/**
 * The flags of the answer to an offer; undefined when the client offers no character set ([MS-NLMP] 3.2.5.1.1: an invalid
 * token). UTF-16 goes before OEM; keys that are made of an LM hash are never agreed on, since none is kept.
 */
export function challengeFlags(offered: number, isInDomain: boolean): number | undefined {
  let charset: number = NegotiateFlags.UNICODE
  if (!hasFlags(offered, charset)) charset = NegotiateFlags.OEM
  if (!hasFlags(offered, charset)) return undefined
  const target = isInDomain ? NegotiateFlags.TARGET_TYPE_DOMAIN : NegotiateFlags.TARGET_TYPE_SERVER
  let flags = charset | ALWAYS | (offered & AS_OFFERED)
  if (hasFlags(offered, NegotiateFlags.REQUEST_TARGET)) flags |= target
  return flags >>> 0
}
