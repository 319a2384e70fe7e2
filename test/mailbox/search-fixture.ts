import type { StoreFolder } from '../../src/mailbox/folders/folder.js'
import { specialFid } from '../../src/mailbox/folders/special-folders.js'
import type { MailboxCore } from '../../src/mailbox/mailbox-core.js'
import { SearchFlag } from '../../src/mailbox/search/search-criteria.js'
import type { Fid, Mid } from '../../src/oxcdata/ids.js'
import { encodeValue, type PropertyValue } from '../../src/oxcdata/property-value.js'
import { FuzzyHigh, FuzzyLow, RelOp, type Restriction } from '../../src/oxcdata/restriction.js'
import * as tags from '../../src/oxprops/property-tags.generated.js'
import { alice } from './mailbox-fixture.js'

export const inbox = specialFid('inbox')
export const drafts = specialFid('drafts')
export const ipmSubtree = specialFid('ipmSubtree')
export const finder = specialFid('finder')
export const { restart: RESTART, recursive: RECURSIVE, static: STATIC, stop: STOP } = SearchFlag

export const entry = (tag: number, value: PropertyValue) => ({ tag, bytes: encodeValue(tag & 0xffff, value) })

export const property = (tag: number, value: PropertyValue, relop: number = RelOp.equal): Restriction => ({
  ...{ kind: 'property', relop, tag },
  value: entry(tag, value)
})

/** Messages whose subject has a word. */
export const subjectHas = (word: string): Restriction => ({
  ...{ kind: 'content', fuzzyLow: FuzzyLow.substring, fuzzyHigh: FuzzyHigh.ignoreCase, tag: tags.PidTagSubject },
  value: entry(tags.PidTagSubject, word)
})

/** The folders and messages of Alice, as searches need them. */
export class SearchWorld {
  constructor(public core: MailboxCore) {}

  async folder(displayName: string, parent: Fid = inbox, type: 'generic' | 'search' = 'generic'): Promise<Fid> {
    const spec = { type, displayName, comment: '', openExisting: false }
    return (await this.open(parent).createFolder(spec, alice)).folder.fid
  }

  /** A search folder that has looked at everything. */
  async search(restriction: Restriction, scope: Fid[] = [inbox], flags: number = RESTART): Promise<Fid> {
    const fid = await this.folder(`search ${this.core.tree.size}`, finder, 'search')
    await this.set(fid, { restriction, scope, flags })
    await this.core.searches.whenIdle()
    return fid
  }

  async set(fid: Fid, request: { restriction: Restriction | null; scope: Fid[]; flags: number }): Promise<void> {
    await this.open(fid).setSearchCriteria(request, alice)
  }

  open(fid: Fid): StoreFolder {
    return this.core.openFolder(fid, {}, alice)
  }

  async message(subject: string, fid: Fid = inbox, values: readonly [number, PropertyValue][] = []): Promise<Mid> {
    const message = this.core.createMessage(fid, { associated: false, codePage: 1252 }, alice)
    await message.set([entry(tags.PidTagSubject, subject), ...values.map(([tag, value]) => entry(tag, value))], alice)
    const mid = await message.save({ force: false, keepOpen: 'no' }, alice)
    message.release()
    return mid
  }

  async change(mid: Mid, subject: string): Promise<void> {
    const { fid } = this.core.messages.find(mid)!
    const message = this.core.openMessage(fid, mid, { access: 'readWrite', softDeleted: false, codePage: 1252 }, alice)
    await message.set([entry(tags.PidTagSubject, subject)], alice)
    await message.save({ force: false, keepOpen: 'no' }, alice)
    message.release()
  }

  /** Ids of what a folder shows, ascending. */
  async rows(fid: Fid): Promise<Mid[]> {
    const mids: Mid[] = []
    for await (const page of this.core.orders.summaries(fid)) mids.push(...page.map(({ mid }) => mid))
    return mids
  }
}
