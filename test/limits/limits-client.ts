import { ropTable } from '../../rops/index.js'
import { RopLogon } from '../../rops/logon/rop-logon.js'
import { logonRequest } from '../../src/client/mailbox-session.js'
import { RopBatch, type RopResult } from '../../src/client/rop-batch.js'
import { Emsmdb, type EmsmdbSession } from '../../src/emsmdb/index.js'
import type { MailboxCore } from '../../src/mailbox/mailbox-core.js'
import { Mailboxes } from '../../src/mailbox/mailboxes.js'
import { exchange2016 } from '../../src/personality.js'
import { customRuntime } from '../../src/runtime.js'
import { type Engine, MemoryEngine } from '../../store/index.js'
import { type ObjectStore, openStore } from '../../store/open-store.js'
import { alice, ErrorLog } from '../fuzz/fuzz-world.js'

const NOTHING = new Uint8Array(0)

/** A mailbox of Alice's behind an Emsmdb over a store, and one session that sends it batches of ROPs. */
export class LimitsClient {
  readonly log = new ErrorLog()
  mailboxes!: Mailboxes
  objects!: ObjectStore
  emsmdb!: Emsmdb
  session!: EmsmdbSession
  /** Error code of the last Execute as a whole. */
  errorCode = 0

  private constructor(private readonly engine: Engine) {}

  static async open(engine: Engine = new MemoryEngine()): Promise<LimitsClient> {
    const client = new LimitsClient(engine)
    await client.start()
    await client.mailboxes.create({ number: 1, owner: alice, localeId: 0x409 })
    await client.connect()
    return client
  }

  private async start(): Promise<void> {
    const runtime = customRuntime({ now: () => Date.UTC(2026, 0, 5, 9) })
    this.objects = await openStore(this.engine, { durability: 'process' })
    this.mailboxes = new Mailboxes({ objects: this.objects, runtime, personality: exchange2016, ownerOf: () => alice })
    this.emsmdb = new Emsmdb({
      ...{ personality: exchange2016, runtime, ropTable, log: this.log },
      findMailbox: () => this.mailboxes.find(1)
    })
  }

  /** Everything above the engine anew, nothing open. */
  async restart(): Promise<void> {
    await this.objects.store.whenDurable(this.objects.store.lastSequence)
    await this.start()
  }

  get mailbox(): Promise<MailboxCore> {
    return Promise.resolve(this.mailboxes.find(1)).then(mailbox => mailbox!)
  }

  /** A new session, logged on; its logon is handle 0. */
  async connect(): Promise<void> {
    const connected = await this.emsmdb.connect({
      ...{ actor: alice, userDn: alice.legacyDn, flags: 0, codePage: 1252, sortLocaleId: 1033, stringLocaleId: 1033 },
      ...{ clientVersion: [16, 0, 9000] as const, auxiliary: NOTHING }
    })
    this.session = connected.session!
    const batch = new RopBatch()
    batch.add(RopLogon, { output: batch.slot() }, logonRequest(alice.legacyDn))
    await this.run(batch)
  }

  async run(batch: RopBatch, maxRopOut = 0x40000): Promise<RopResult[]> {
    const payload = batch.write()
    const header = Buffer.alloc(8)
    header.writeUInt16LE(4, 2)
    header.writeUInt16LE(payload.length, 4)
    header.writeUInt16LE(payload.length, 6)
    const rop = Buffer.concat([header, payload])
    const answer = await this.emsmdb.execute(this.session, { flags: 3, rop, maxRopOut, auxiliary: NOTHING })
    this.errorCode = answer.errorCode
    if (answer.errorCode !== 0) return []
    const bytes = Buffer.concat(answer.rop)
    const payloads: Buffer[] = []
    for (let at = 0; at < bytes.length; ) {
      const size = bytes.readUInt16LE(at + 4)
      payloads.push(bytes.subarray(at + 8, at + 8 + size))
      at += 8 + size
    }
    return batch.readResponses(payloads)
  }
}
