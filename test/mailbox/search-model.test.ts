/**
 * Seeded random runs: whatever happens to messages and folders, every dynamic search shows what a naive evaluation of its restriction over
 * its scope finds, and the store checks clean; with and without waiting for populations, and over restarts.
 */
import t from 'tap'
import { Random } from '../../src/bufferstructs/index.js'
import { checkMailbox } from '../../src/mailbox/check.js'
import type { Fid, Mid } from '../../src/oxcdata/ids.js'
import { MapiError } from '../../src/oxcdata/map-error.js'
import type { Restriction } from '../../src/oxcdata/restriction.js'
import { stringOf } from '../../src/oxcdata/stored-string.js'
import * as tags from '../../src/oxprops/property-tags.generated.js'
import { alice, Fixture } from './mailbox-fixture.js'
import {
  drafts,
  finder,
  inbox,
  property,
  RECURSIVE,
  RESTART,
  SearchWorld,
  STATIC,
  STOP,
  subjectHas
} from './search-fixture.js'

const WORDS = ['tea', 'coffee', 'beer', 'milk']
const STEPS = 150

interface KnownSearch {
  readonly fid: Fid
  words: string[]
  scope: Fid[]
  isRecursive: boolean
}

/** Any of the words in the subject, said in several ways. */
function anyOf(words: readonly string[], random: Random): Restriction {
  const parts = words.map(subjectHas)
  if (random.below(2) === 0) return { kind: 'or', restrictions: parts }
  return {
    kind: 'and',
    restrictions: [
      { kind: 'exist', tag: tags.PidTagSubject },
      {
        kind: 'not',
        restriction: { kind: 'and', restrictions: parts.map(restriction => ({ kind: 'not', restriction })) }
      },
      { kind: 'not', restriction: property(tags.PidTagMessageClass, 'IPM.Never') }
    ]
  }
}

class Model {
  readonly folders: Fid[] = [inbox, drafts]
  readonly searches: KnownSearch[] = []

  constructor(
    readonly fixture: Fixture,
    readonly w: SearchWorld,
    readonly random: Random
  ) {}

  private one<T>(of: readonly T[]): T {
    return of[this.random.below(of.length)]
  }

  private text(): string {
    return `${this.one(WORDS)} ${this.one(WORDS)} ${this.random.below(100)}`
  }

  private live(): { mid: Mid; fid: Fid }[] {
    return this.messages().filter(({ fid }) => !this.isGone(fid))
  }

  private isGone(fid: Fid): boolean {
    const node = this.w.core.tree.find(fid)
    return node === undefined || this.w.core.tree.isSoftDeleted(node)
  }

  /** Every message that is not deleted, found without any index. */
  messages(): { mid: Mid; fid: Fid; subject: string }[] {
    return [...this.known].flatMap(mid => {
      const record = this.w.core.messages.find(mid)
      if (record === undefined || record.softDeleted) return []
      return [{ mid, fid: record.fid, subject: stringOf(record.properties.value(tags.PidTagSubject)!) }]
    })
  }

  readonly known = new Set<Mid>()

  async step(): Promise<void> {
    const { w } = this
    const messages = this.live()
    const folders = this.folders.filter(fid => !this.isGone(fid))
    const kind = this.random.below(21)
    if (kind < 6 || messages.length < 3) this.known.add(await w.message(this.text(), this.one(folders)))
    else if (kind < 10) await w.change(this.one(messages).mid, this.text())
    else if (kind < 12) await this.move(this.one(messages), this.one(folders), kind === 10)
    else if (kind < 14) {
      const { mid, fid } = this.one(messages)
      await w.open(fid).deleteMessages([mid], { hard: kind === 12, notifyNonRead: false }, alice)
    } else if (kind === 14) this.folders.push(await w.folder(`folder ${this.random.below(1e9)}`, this.one(folders)))
    else if (kind === 15) await this.moveFolder(folders)
    else if (kind === 16) await this.dropFolder(folders)
    else if (kind === 17) await this.search(folders)
    else if (kind === 18) await w.open(this.one(messages).fid).setReadFlags([this.one(messages).mid], 0, alice)
    else if (kind === 19) await this.staticSearch(folders)
    else {
      // A population ends where it is, as in a crash between two batches.
      await w.core.searches.stop()
      w.core = await this.fixture.restart()
    }
  }

  private async move({ mid, fid }: { mid: Mid; fid: Fid }, to: Fid, copy: boolean): Promise<void> {
    const { w } = this
    let made = -1
    const end = w.core.events.subscribe(event => {
      if (event.kind === 'messageMoved' || event.kind === 'messageCopied') made = event.mid
    })
    await w.open(fid).moveCopyMessages(w.open(to), [mid], { copy }, alice)
    await w.core.durable()
    end()
    this.known.add(made)
  }

  private async moveFolder(folders: readonly Fid[]): Promise<void> {
    const fid = this.one(folders)
    const to = this.one(folders)
    if (fid === inbox || fid === drafts) return
    const { parentFid, displayName } = this.w.core.tree.find(fid)!
    try {
      await this.w.open(parentFid).moveFolder(fid, this.w.open(to), displayName, alice)
    } catch (error) {
      // Into itself, or where its name is taken.
      if (!(error instanceof MapiError)) throw error
    }
  }

  private async dropFolder(folders: readonly Fid[]): Promise<void> {
    const fid = this.one(folders)
    if (fid === inbox || fid === drafts) return
    const options = { messages: true, folders: true, hard: this.random.below(2) === 0 }
    await this.w.open(this.w.core.tree.find(fid)!.parentFid).removeFolder(fid, options, alice)
  }

  /** One that does not follow: the store has to be sound all the same. */
  private async staticSearch(folders: readonly Fid[]): Promise<void> {
    const { w, random } = this
    this.frozen ??= await w.folder('static', finder, 'search')
    const flags = random.below(5) === 0 && w.core.searches.find(this.frozen) !== undefined ? STOP : RESTART | STATIC
    const restriction = anyOf([this.one(WORDS)], random)
    await w.set(this.frozen, { restriction, scope: [this.one(folders)], flags: flags | RECURSIVE })
  }

  private frozen: Fid | undefined

  private async search(folders: readonly Fid[]): Promise<void> {
    const { w, random } = this
    const words = WORDS.filter(() => random.below(2) === 0)
    if (words.length === 0) words.push('tea')
    const scope = [...new Set([this.one(folders), this.one(folders)])]
    const isRecursive = random.below(2) === 0
    const isNew = this.searches.length < 4
    const fid = isNew ? await w.folder(`search ${random.below(1e9)}`, finder, 'search') : this.one(this.searches).fid
    await w.set(fid, { restriction: anyOf(words, random), scope, flags: RESTART | (isRecursive ? RECURSIVE : 0) })
    const known = { fid, words, scope, isRecursive }
    const at = this.searches.findIndex(search => search.fid === fid)
    if (at < 0) this.searches.push(known)
    else this.searches[at] = known
  }

  /** What a search should show. */
  expected({ words, scope, isRecursive }: KnownSearch): Mid[] {
    const { tree } = this.w.core
    return this.live()
      .filter(({ mid, fid }) => {
        let isIn = scope.includes(fid)
        for (let at = tree.find(fid)?.parent; isRecursive && at !== undefined; at = at.parent) {
          if (scope.includes(at.fid)) isIn = true
        }
        const { subject } = this.messages().find(message => message.mid === mid)!
        return isIn && words.some(word => subject.includes(word))
      })
      .map(({ mid }) => mid)
      .sort((a, b) => a - b)
  }
}

for (const seed of [1, 2, 3, 4, 5, 6, 7, 8]) {
  t.test(`seed ${seed}`, async t => {
    const fixture = await Fixture.open()
    const model = new Model(fixture, new SearchWorld(await fixture.create(1)), new Random(seed))
    for (let step = 0; step < STEPS; step++) {
      await model.step()
      if (step % 7 !== 6) continue
      const { core } = model.w
      await core.searches.whenIdle()
      for (const search of core.searches.all()) {
        const failure = core.searches.population.failureOf(search)
        if (failure !== undefined) throw failure
      }
      for (const search of model.searches) {
        t.same(await model.w.rows(search.fid), model.expected(search), `step ${step}, ${search.words.join()}`)
      }
      if (step % 14 === 13) t.same((await checkMailbox(core)).problems, [], `step ${step}: the store is sound`)
    }
  })
}
