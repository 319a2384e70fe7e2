import { createHmac } from 'node:crypto'
import { recipientDn } from '../../directory/index.js'
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

  /** Looks like a random GUID (version 4 of RFC 9562), as those of mailboxes are. */
  private guid(text: string): string {
    const b = createHmac('sha256', this.secret).update(text).digest().subarray(0, 16)
    b[6] = (b[6] & 0x0f) | 0x40
    b[8] = (b[8] & 0x3f) | 0x80
    return b.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-')
  }
}
