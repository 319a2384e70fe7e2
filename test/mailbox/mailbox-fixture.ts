import type { Actor } from '../../src/mailbox/domain.js'
import type { MailboxCore } from '../../src/mailbox/mailbox-core.js'
import type { People } from '../../src/mailbox/mailbox-parts.js'
import { Mailboxes } from '../../src/mailbox/mailboxes.js'
import { exchange2016 } from '../../src/personality.js'
import { customRuntime, type Runtime } from '../../src/runtime.js'
import { MemoryEngine, type ObjectStore, openStore } from '../../store/index.js'

export const alice: Actor = {
  legacyDn: '/o=Ropewalk/ou=Exchange Administrative Group (FYDIBOHF23SPDLT)/cn=Recipients/cn=0001-alice',
  address: 'alice@example.test',
  displayName: 'Alice Adams',
  guid: '11111111-1111-4111-8111-111111111111'
}
export const bob: Actor = {
  legacyDn: '/o=Ropewalk/ou=Exchange Administrative Group (FYDIBOHF23SPDLT)/cn=Recipients/cn=0002-bob',
  address: 'bob@example.test',
  displayName: 'Bob Brown',
  guid: '22222222-2222-4222-8222-222222222222'
}

/** Somebody who has no mailbox here. */
export const carol: Actor = {
  ...bob,
  guid: '55555555-5555-4555-8555-555555555555',
  legacyDn: `${bob.legacyDn}-carol`
}

/** The principal behind the public folders, whom nobody is. */
export const publicOwner: Actor = {
  legacyDn: '/o=Ropewalk/ou=Exchange Administrative Group (FYDIBOHF23SPDLT)/cn=Recipients/cn=0003-folders',
  address: 'folders@example.test',
  displayName: 'Public Folders',
  guid: '33333333-3333-4333-8333-333333333333'
}

const OWNERS = new Map([
  [1, alice],
  [2, bob],
  [3, publicOwner]
])

/** A distribution list that Bob is in. */
export const team = {
  guid: '44444444-4444-4444-8444-444444444444',
  legacyDn: '/o=Ropewalk/ou=Exchange Administrative Group (FYDIBOHF23SPDLT)/cn=Recipients/cn=0004-team',
  displayName: 'Team'
}

/** The directory, as far as permissions ask it. */
const people = {
  entryByGuid: (guid: string) => [...OWNERS.values(), carol, team].find(entry => entry.guid === guid),
  entryByLegacyDn: (dn: string) => [...OWNERS.values(), team].find(entry => entry.legacyDn === dn),
  memberOf: ({ guid }: { guid: string }) => (guid === bob.guid ? [team] : [])
} as unknown as People

/** A clock that tests turn by hand, and random bytes that are counted up. */
export function testRuntime(): Runtime & { nowMs: number } {
  let next = 1
  const runtime: Runtime & { nowMs: number } = {
    ...customRuntime({
      now: () => runtime.nowMs,
      random: bytes => {
        for (let i = 0; i < bytes.byteLength; i++) bytes[i] = next = (next * 73 + 41) & 0xff
        return bytes
      }
    }),
    nowMs: Date.UTC(2026, 0, 5, 9)
  }
  return runtime
}

/** Mailboxes of Alice (1) and Bob (2) over a store in memory that survives a restart of everything above the engine. */
export class Fixture {
  readonly runtime = testRuntime()
  objects!: ObjectStore
  mailboxes!: Mailboxes

  private constructor(private readonly engine: MemoryEngine) {}

  static async open(engine = new MemoryEngine()): Promise<Fixture> {
    const fixture = new Fixture(engine)
    await fixture.start()
    return fixture
  }

  private async start(): Promise<void> {
    this.objects = await openStore(this.engine)
    this.mailboxes = new Mailboxes({
      objects: this.objects,
      runtime: this.runtime,
      personality: exchange2016,
      ownerOf: number => OWNERS.get(number),
      people
    })
  }

  async create(number: 1 | 2, localeId = 0x409): Promise<MailboxCore> {
    return this.mailboxes.create({ number, owner: OWNERS.get(number)!, localeId })
  }

  /** Forgets everything in memory without an orderly close, and opens again what is durable. */
  async restart(number = 1): Promise<MailboxCore> {
    await this.objects.store.whenDurable(this.objects.store.lastSequence)
    await this.start()
    const mailbox = await this.mailboxes.find(number)
    if (mailbox === undefined) throw new Error(`mailbox ${number} is not there after a restart`)
    return mailbox
  }
}
