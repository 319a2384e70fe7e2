import { Reader, struct, u32 } from '../../bufferstructs/index.js'
import { AV_FLAG_MIC, TargetInfo } from './av-pairs.js'
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

/** [MS-NLMP] 2.2.1.3 AUTHENTICATE_MESSAGE: who the client is, and its answer to the challenge. */
export interface AuthenticateMessage {
  flags: number
  /** Names as the client wrote them; the response is computed from them as they are. */
  user: string
  domain: string
  workstation: string
  lmResponse: Uint8Array
  ntResponse: Uint8Array
  /** Session key of the client's choice under the key exchange key; empty when it chose none. */
  encryptedSessionKey: Uint8Array
  /** What an NTLMv2 response holds besides its proof; undefined when the response is of another kind. */
  clientChallenge: NtlmV2ClientChallenge | undefined
  /** Integrity code over all three messages; undefined when the client says that it sends none. */
  mic: Uint8Array | undefined
}

/** [MS-NLMP] 2.2.2.7 NTLMv2_CLIENT_CHALLENGE. */
export interface NtlmV2ClientChallenge {
  /** FILETIME. */
  timestamp: bigint
  targetInfo: TargetInfo
}

const head = struct({
  lmResponse: messageField,
  ntResponse: messageField,
  domain: messageField,
  user: messageField,
  workstation: messageField,
  encryptedSessionKey: messageField,
  flags: u32
})
/** Signature, type, six fields and flags; version and MIC follow only in messages of newer clients. */
const SHORTEST_BYTES = 64
const MIC_OFFSET = 72
export const MIC_BYTES = 16
const HEAD_WITH_MIC_BYTES = MIC_OFFSET + MIC_BYTES

/** Size of the responses of LM, NTLM and NTLM2 session; an NTLMv2 response is longer: proof and client challenge. */
export const V1_RESPONSE_BYTES = 24
export const PROOF_BYTES = 16
/** Fixed part of a client challenge, the first of whose bytes say version 1 twice. */
const CLIENT_CHALLENGE_BYTES = 28

/** MalformedBuffer for what is no such message, or one whose parts do not lie within it. */
export function parseAuthenticateMessage(message: Uint8Array): AuthenticateMessage {
  const fields = head.read(openMessage(message, messageTypes.authenticate))
  const { flags } = fields
  const ntResponse = fieldBytes(message, fields.ntResponse, SHORTEST_BYTES)
  const clientChallenge = parseClientChallenge(ntResponse)
  const hasMic = ((clientChallenge?.targetInfo.flags ?? 0) & AV_FLAG_MIC) !== 0
  // Where there is a MIC, nothing else may lie in its place.
  const start = hasMic ? HEAD_WITH_MIC_BYTES : SHORTEST_BYTES
  const part = (name: Exclude<keyof typeof fields, 'flags'>): Uint8Array => fieldBytes(message, fields[name], start)
  return {
    flags,
    user: textOf(part('user'), flags),
    domain: textOf(part('domain'), flags),
    workstation: textOf(part('workstation'), flags),
    lmResponse: part('lmResponse'),
    ntResponse: part('ntResponse'),
    encryptedSessionKey: part('encryptedSessionKey'),
    clientChallenge,
    mic: hasMic ? micOf(message) : undefined
  }
}

/** A client challenge that is not well-formed is no NTLMv2 response, and longer ones than 24 bytes are nothing else. */
function parseClientChallenge(response: Uint8Array): NtlmV2ClientChallenge | undefined {
  if (response.length <= V1_RESPONSE_BYTES) return undefined
  const reader = new Reader(response)
  reader.take(PROOF_BYTES)
  const begin = reader.take(CLIENT_CHALLENGE_BYTES)
  if (response[begin] !== 1 || response[begin + 1] !== 1) reader.fail('not version 1 of the client challenge', begin)
  const timestamp = new Reader(response.subarray(begin + 8, begin + 16)).u64()
  return { timestamp, targetInfo: TargetInfo.parse(response.subarray(reader.position)) }
}

function micOf(message: Uint8Array): Uint8Array {
  const reader = new Reader(message)
  reader.take(MIC_OFFSET)
  const at = reader.take(MIC_BYTES)
  return message.subarray(at, at + MIC_BYTES)
}

/** The message as its MIC is computed: with zeros in place of it ([MS-NLMP] 3.1.5.1.2). */
export function withoutMic(message: Uint8Array): Uint8Array {
  return Uint8Array.from(message).fill(0, MIC_OFFSET, HEAD_WITH_MIC_BYTES)
}

/** Puts a MIC in its place. */
export function withMic(message: Uint8Array, mic: Uint8Array): Uint8Array {
  const copy = Uint8Array.from(message)
  copy.set(mic, MIC_OFFSET)
  return copy
}

/** The message with version and room for a MIC, which is zero. */
export function formatAuthenticateMessage(message: Omit<AuthenticateMessage, 'clientChallenge' | 'mic'>): Uint8Array {
  const { flags } = message
  return new MessageBuilder(messageTypes.authenticate, HEAD_WITH_MIC_BYTES)
    .field(message.lmResponse)
    .field(message.ntResponse)
    .field(bytesOfText(message.domain, flags))
    .field(bytesOfText(message.user, flags))
    .field(bytesOfText(message.workstation, flags))
    .field(message.encryptedSessionKey)
    .number(flags)
    .fixed(ntlmVersion)
    .fixed(new Uint8Array(MIC_BYTES))
    .build()
}
