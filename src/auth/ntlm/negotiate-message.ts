import { type Infer, struct, u32 } from '../../bufferstructs/index.js'
import { fieldBytes, MessageBuilder, messageField, messageTypes, ntlmVersion, openMessage } from './message-fields.js'
import { hasFlags, NegotiateFlags } from './negotiate-flags.js'

/** [MS-NLMP] 2.2.1.1 NEGOTIATE_MESSAGE: what the client offers. */
export interface NegotiateMessage {
  flags: number
  /** Names of the client's own, for information; in an OEM character set, read as Latin-1. */
  domain: string
  workstation: string
}

const names = struct({ domain: messageField, workstation: messageField })
/** Signature, type and flags; then the two fields, which the oldest clients leave out; then the version, which old ones do. */
const SHORTEST_BYTES = 16
const HEAD_BYTES = 40

/** MalformedBuffer for what is no such message, or one whose fields do not lie within it. */
export function parseNegotiateMessage(message: Uint8Array): NegotiateMessage {
  const reader = openMessage(message, messageTypes.negotiate)
  const flags = u32.read(reader)
  const hasDomain = hasFlags(flags, NegotiateFlags.OEM_DOMAIN_SUPPLIED)
  const hasWorkstation = hasFlags(flags, NegotiateFlags.OEM_WORKSTATION_SUPPLIED)
  if (!hasDomain && !hasWorkstation) return { flags, domain: '', workstation: '' }
  const fields = names.read(reader)
  const text = (field: Infer<typeof messageField>): string =>
    Buffer.from(fieldBytes(message, field, SHORTEST_BYTES)).toString('latin1')
  return {
    flags,
    domain: hasDomain ? text(fields.domain) : '',
    workstation: hasWorkstation ? text(fields.workstation) : ''
  }
}

export function formatNegotiateMessage({ flags, domain, workstation }: NegotiateMessage): Uint8Array {
  return new MessageBuilder(messageTypes.negotiate, HEAD_BYTES)
    .number(flags | NegotiateFlags.VERSION)
    .field(Buffer.from(domain, 'latin1'))
    .field(Buffer.from(workstation, 'latin1'))
    .fixed(ntlmVersion)
    .build()
}
