import { LogonFolder, MailboxSession } from '../../src/client/mailbox-session.js'
import { MapiClient } from '../../src/client/mapi-client.js'
import { createMessage, listMessages } from '../../src/client/message-actions.js'
import { property } from '../../src/client/property-values.js'
import { parseWorld, type RopewalkServer, startServer } from '../../src/index.js'
import { checkMailbox } from '../../src/mailbox/check.js'
import { PidTagSubject } from '../../src/oxprops/property-tags.generated.js'
import { ErrorLog } from './fuzz-world.js'

const WORLD = `
ropewalk: 1
name: fuzz
domain: example.test
users:
  - address: alice@example.test
    name: Alice
    password: alice
    folders:
      - path: inbox
        generate: { seed: 1, messages: 30 }
  - { address: bob@example.test, name: Bob, password: bob }
`

/** A whole server in this process, and a client that goes on working while others send nonsense. */
export class FuzzServer {
  private healthySubjects = 0

  private constructor(
    readonly server: RopewalkServer,
    readonly log: ErrorLog,
    private readonly healthy: MailboxSession
  ) {}

  static async start(): Promise<FuzzServer> {
    const log = new ErrorLog()
    const world = parseWorld(WORLD, 'fuzz')
    const times = { headTimeMs: 1500, bodyTimeMs: 1500, idleTimeMs: 3000 }
    const server = await startServer({ memory: true, world, ports: 0, log, durability: 'process', ...times })
    const session = await FuzzServer.logOn(server, 'bob')
    return new FuzzServer(server, log, session)
  }

  static async openClient(server: RopewalkServer, user: string): Promise<MapiClient> {
    const { hostname, port } = new URL(server.urls.http)
    return MapiClient.open({
      ...{ host: hostname, port: Number(port), address: `${user}@example.test`, password: user },
      idleTimeoutMs: 10_000
    })
  }

  private static async logOn(server: RopewalkServer, user: string): Promise<MailboxSession> {
    const client = await FuzzServer.openClient(server, user)
    await client.connect()
    return MailboxSession.logOn(client)
  }

  get port(): number {
    return Number(new URL(this.server.urls.http).port)
  }

  /** The healthy client writes and reads; returns what is wrong with that. */
  async heartbeat(): Promise<string[]> {
    const inbox = this.healthy.folderIds[LogonFolder.inbox]
    const subject = `healthy ${++this.healthySubjects}`
    await createMessage(this.healthy, inbox, [property(PidTagSubject, subject)])
    const rows = await listMessages(this.healthy, inbox, [PidTagSubject])
    return rows.length === this.healthySubjects && rows.some(([found]) => found === subject)
      ? []
      : [`${subject} is not among ${rows.length} messages`]
  }

  /** What is wrong with the mailboxes, and what the log says. */
  async stop(): Promise<string[]> {
    const problems: string[] = []
    for (const mailbox of this.server.mailboxes.opened()) problems.push(...(await checkMailbox(mailbox)).problems)
    this.healthy.client.close()
    await this.server.stop()
    return [...problems, ...this.log.events]
  }
}
