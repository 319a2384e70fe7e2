import type { MailboxCore } from '../mailbox/mailbox-core.js'
import { nameKey, type PropertyName } from '../oxcdata/property-name.js'
import { makeTag, type PropertyTag } from '../oxcdata/property-tag.js'
import type { NamedProperty } from '../oxprops/named-properties.generated.js'

/** The tags that named properties have in one mailbox. */
export class NamedTags {
  private constructor(private readonly ids: ReadonlyMap<string, number>) {}

  /** Registers the names in the mailbox, in their order, so that the same world gives the same ids. */
  static async of(mailbox: MailboxCore, properties: readonly NamedProperty[]): Promise<NamedTags> {
    const names = properties.map(nameOf)
    const ids = await mailbox.propertyIdsFromNames(names, true, mailbox.owner)
    return new NamedTags(new Map(names.map((name, at) => [nameKey(name), ids[at]])))
  }

  tag(property: NamedProperty): PropertyTag {
    const id = this.ids.get(nameKey(nameOf(property)))
    if (id === undefined) throw new RangeError('a named property that was not registered')
    return makeTag(id, property.type)
  }
}

function nameOf({ guid, lid, name }: NamedProperty): PropertyName {
  return lid === undefined ? { guid, name: name ?? '' } : { guid, lid }
}
