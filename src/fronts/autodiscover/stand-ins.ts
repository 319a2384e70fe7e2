import { createHmac } from 'node:crypto'
import { recipientDn } from '../../directory/index.js'
import { customRuntime, newGuid } from '../../runtime.js'
import type { Subject } from './settings-facts.js'

/**
 * Mailboxes that nobody has. A client without credentials that asks for an address which does not exist gets an answer like
 * any other, so that it cannot find out who does: ids made of the address and a secret, the same at each question.
 */
export class StandIns {
  constructor(
    private readonly organization: string,
    private readonly secret: Uint8Array
  ) {}

  of(address: string): Subject {
    const at = address.indexOf('@')
    return {
      address,
      domain: address.slice(at + 1),
      displayName: address,
      mailboxGuid: this.guid(`mailbox:${address}`),
      legacyDn: recipientDn(this.organization, this.guid(`dn:${address}`), address.slice(0, at))
    }
  }

  /** Made as a mailbox gets its own, but of bytes that are no chance. */
  private guid(text: string): string {
    const bytes = createHmac('sha256', this.secret).update(text).digest()
    return newGuid(customRuntime({ random: into => Buffer.from(into.buffer).fill(bytes) }))
  }
}
