import { typeServes } from '../oxcdata/packed-properties.js'
import type { PropertyEntry, PropertyTag } from '../oxcdata/property-tag.js'
import { PidTagUserEntryId } from '../oxprops/property-tags.generated.js'
import type { Actor, Maybe, PropertyObject, PropertyProblem, Stream, StreamMode } from './domain.js'
import type { MailboxCore } from './mailbox-core.js'

const USER_ENTRY_ID = PidTagUserEntryId >>> 16

/**
 * The properties of a store as those of a logon: PidTagUserEntryId names who has logged on, whoever owns the store
 * ([MS-OXCSTOR] 2.2.2.1.1.11, 2.2.2.2.1).
 */
export class LogonObject implements PropertyObject {
  readonly kind = 'mailbox'

  constructor(
    readonly mailbox: MailboxCore,
    private readonly actor: Actor
  ) {}

  value(tag: PropertyTag): Uint8Array | number {
    const isUser = tag >>> 16 === USER_ENTRY_ID && typeServes(tag & 0xffff, PidTagUserEntryId & 0xffff)
    return isUser ? this.mailbox.userEntryId(this.actor.legacyDn) : this.mailbox.value(tag)
  }

  typeOf(propertyId: number): number | undefined {
    return this.mailbox.typeOf(propertyId)
  }

  tags(): PropertyTag[] {
    return this.mailbox.tags()
  }

  set(entries: readonly PropertyEntry[], actor: Actor): Maybe<PropertyProblem[]> {
    return this.mailbox.set(entries, actor)
  }

  remove(tags: readonly PropertyTag[], actor: Actor): Maybe<PropertyProblem[]> {
    return this.mailbox.remove(tags, actor)
  }

  openStream(tag: PropertyTag, mode: StreamMode, actor: Actor): Maybe<Stream> {
    return this.mailbox.openStream(tag, mode, actor)
  }
}
