/** What of the recorded server stands for what of the live one: ids, GUIDs, handles and names that each server chooses itself. */
import { globcntOf } from '../../bufferstructs/index.js'

/** Pairs that stand for each other, one to one. */
export class Pairs<T extends number | string> {
  private readonly toLive = new Map<T, T>()
  private readonly toRecorded = new Map<T, T>()

  get(recorded: T): T | undefined {
    return this.toLive.get(recorded)
  }

  /** Whether the two stand for each other; a pair of which neither was seen before is taken as one from now on. */
  agree(recorded: T, live: T): boolean {
    const known = this.toLive.get(recorded)
    if (known !== undefined) return known === live
    if (this.toRecorded.has(live)) return false
    this.set(recorded, live)
    return true
  }

  set(recorded: T, live: T): void {
    this.toLive.set(recorded, live)
    this.toRecorded.set(live, recorded)
  }

  *[Symbol.iterator](): Generator<readonly [recorded: T, live: T]> {
    yield* this.toLive
  }
}

/** Ids up to here are none, or positions in a table. */
const FIRST_MINIMAL_ID = 0x10
const FIRST_NAMED = 0x8000
const LIST_DN = /^\/guid=[0-9a-f]{32}$/i

export class Correspondence {
  /** Folder and message ids. */
  private readonly ids = new Pairs<number>()
  /** Counters of ids in long forms. */
  private readonly counters = new Pairs<number>()
  readonly guids = new Pairs<string>()
  private readonly minimalIds = new Pairs<number>()
  private readonly propertyIds = new Pairs<number>()
  /** Numbers of handles may be given a second time: what is learned last counts. */
  private readonly handles = new Map<number, number>()
  private readonly listDns = new Pairs<string>()
  private readonly wholeTexts = new Map<string, string>()
  private readonly texts: { recorded: RegExp; live: string }[] = []

  /** A name of the recorded user: wherever it stands, the live one's stands for it. */
  addText(recorded: string | undefined, live: string): void {
    if (recorded === undefined || recorded === '' || recorded.toLowerCase() === live.toLowerCase()) return
    this.texts.push({ recorded: new RegExp(recorded.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'), 'gi'), live })
  }

  /** The same for a text that is nothing but the name. */
  addWholeText(recorded: string | undefined, live: string): void {
    if (recorded !== undefined && recorded !== '') this.wholeTexts.set(recorded, live)
  }

  text(recorded: string): string {
    const whole = this.wholeTexts.get(recorded) ?? this.listDns.get(recorded)
    if (whole !== undefined) return whole
    return this.namesIn(recorded)
  }

  /** DNs are told apart without case. Those of address lists are made from a GUID that the server chose. */
  agreeDn(recorded: string, live: string): boolean {
    if (this.text(recorded).toLowerCase() === live.toLowerCase()) return true
    return LIST_DN.test(recorded) && LIST_DN.test(live) && this.listDns.agree(recorded, live)
  }

  /** Replaces names inside of 8-bit text that holds other things, too. */
  namesIn(text: string): string {
    let named = this.texts.reduce((one, pair) => one.replace(pair.recorded, () => pair.live), text)
    for (const [recorded, live] of this.listDns) named = named.replaceAll(recorded, live)
    return named
  }

  id(recorded: number): number {
    return this.ids.get(recorded) ?? recorded
  }

  agreeId(recorded: number, live: number): boolean {
    if (recorded === 0 || live === 0) return recorded === live
    if (!this.ids.agree(recorded, live)) return false
    this.counters.agree(globcntOf(recorded), globcntOf(live))
    return true
  }

  counter(recorded: number): number {
    return this.counters.get(recorded) ?? recorded
  }

  agreeCounter(recorded: number, live: number): boolean {
    return this.counters.agree(recorded, live)
  }

  guid(recorded: string): string {
    return this.guids.get(recorded) ?? recorded
  }

  minimalId(recorded: number): number {
    return this.minimalIds.get(recorded) ?? recorded
  }

  /** Both unsigned. */
  agreeMinimalId(recorded: number, live: number): boolean {
    if (recorded < FIRST_MINIMAL_ID || live < FIRST_MINIMAL_ID) return recorded === live
    return this.minimalIds.agree(recorded, live)
  }

  propertyId(recorded: number): number {
    return this.propertyIds.get(recorded) ?? recorded
  }

  agreePropertyId(recorded: number, live: number): boolean {
    if (recorded < FIRST_NAMED || live < FIRST_NAMED) return recorded === live
    return this.propertyIds.agree(recorded, live)
  }

  tag(recorded: number): number {
    return ((this.propertyId(recorded >>> 16) << 16) | (recorded & 0xffff)) >>> 0
  }

  agreeTag(recorded: number, live: number): boolean {
    return (recorded & 0xffff) === (live & 0xffff) && this.agreePropertyId(recorded >>> 16, live >>> 16)
  }

  handle(recorded: number): number {
    return this.handles.get(recorded) ?? recorded
  }

  setHandle(recorded: number, live: number): void {
    this.handles.set(recorded, live)
  }
}
