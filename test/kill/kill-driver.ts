import { createHash } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Random } from '../../src/bufferstructs/index.js'
import { idOf, LogonFolder, MailboxSession } from '../../src/client/mailbox-session.js'
import type { MapiClient } from '../../src/client/mapi-client.js'
import {
  changeMessage,
  createMessage,
  deleteMessages,
  listMessages,
  moveMessages,
  readMessage
} from '../../src/client/message-actions.js'
import { property } from '../../src/client/property-values.js'
import { PidTagBody, PidTagMid, PidTagSubject } from '../../src/oxprops/property-tags.generated.js'
import { ServerProcess } from '../end-to-end/server-process.js'

/** What the driver knows of one message. `unsure` holds what an unanswered request may have made of it. */
interface Known {
  subject: string
  folder: 'drafts' | 'deleted'
}

/**
 * Kills a server under a writing load, again and again, and checks after each restart that everything acknowledged is
 * there and whole. A request that was not answered may have happened or not, but never by half.
 */
export class KillDriver {
  /** Acknowledged state, by message id as the server told it. */
  private readonly acknowledged = new Map<number, Known>()
  /** Messages whose last request was not answered: any state is allowed, if it is whole. */
  private readonly uncertain = new Set<number>()
  /** Subjects of creations that were not answered. */
  private readonly maybeCreated = new Set<string>()
  private counter = 0
  created = 0
  lost: string[] = []

  constructor(
    private readonly dataDir: string,
    private readonly random: Random,
    private readonly options: { world: string; address: string; writers: number; serveArgs?: string[] }
  ) {}

  /** One round: start, check what the last kill left, write until killed. */
  async round(): Promise<void> {
    const server = await this.start()
    try {
      await this.verifyAndKill(server)
    } finally {
      if (server.child.exitCode === null) server.child.kill('SIGKILL')
    }
  }

  private async verifyAndKill(server: ServerProcess): Promise<void> {
    await this.verify(server)
    const clients = await Promise.all(
      Array.from({ length: this.options.writers }, () => server.openClient(this.options.address))
    )
    const loads = clients.map(client => this.write(client))
    await sleep(20 + this.random.below(180))
    await server.stop('SIGKILL')
    await Promise.all(loads)
    for (const client of clients) client.close()
  }

  /** A last start after which nothing may be missing. */
  async finish(): Promise<void> {
    const server = await this.start()
    await this.verify(server)
    await server.stop()
  }

  private start(): Promise<ServerProcess> {
    const args = ['--world', this.options.world, '--log-level', 'error', ...(this.options.serveArgs ?? [])]
    return ServerProcess.start(this.dataDir, args)
  }

  /** Writes until the connection breaks: creates, changes, moves and deletes, noting each acknowledgement. */
  private async write(client: MapiClient): Promise<void> {
    const mine: number[] = []
    try {
      await client.connect()
      const session = await MailboxSession.logOn(client)
      const folders = foldersOf(session)
      for (;;) await this.step(session, folders, mine)
    } catch {
      // The kill broke the connection; what was under way is among the uncertain.
    }
  }

  private async step(session: MailboxSession, folders: Folders, mine: number[]): Promise<void> {
    const choice = this.random.below(10)
    const mid = mine.length > 0 ? mine[this.random.below(mine.length)] : undefined
    if (mid === undefined || choice < 6) return this.create(session, folders, mine)
    this.uncertain.add(mid)
    if (choice < 8) {
      const subject = this.nextSubject()
      await changeMessage(session, folders.drafts, mid, contentOf(subject))
      this.acknowledged.set(mid, { subject, folder: 'drafts' })
    } else {
      mine.splice(mine.indexOf(mid), 1)
      if (choice === 8) {
        await deleteMessages(session, folders.drafts, [mid])
      } else {
        const { subject } = this.acknowledged.get(mid)!
        await moveMessages(session, folders.drafts, folders.deleted, [mid])
        this.movedSubjects.add(subject)
      }
      this.acknowledged.delete(mid)
    }
    this.uncertain.delete(mid)
  }

  private readonly movedSubjects = new Set<string>()

  private async create(session: MailboxSession, folders: Folders, mine: number[]): Promise<void> {
    const subject = this.nextSubject()
    this.maybeCreated.add(subject)
    const mid = await createMessage(session, folders.drafts, contentOf(subject))
    this.maybeCreated.delete(subject)
    this.acknowledged.set(mid, { subject, folder: 'drafts' })
    mine.push(mid)
    this.created++
  }

  private nextSubject(): string {
    return `kill ${++this.counter}`
  }

  /** Compares the server with what was acknowledged. */
  private async verify(server: ServerProcess): Promise<void> {
    const client = await server.openClient(this.options.address)
    await client.connect()
    const session = await MailboxSession.logOn(client)
    const folders = foldersOf(session)
    const drafts = new Map<number, string>()
    for (const [mid, subject] of await listMessages(session, folders.drafts, [PidTagMid, PidTagSubject])) {
      if (String(subject).startsWith('kill ')) drafts.set(idOf(mid), String(subject))
    }
    const moved = new Set<string>()
    for (const [subject] of await listMessages(session, folders.deleted, [PidTagSubject])) moved.add(String(subject))
    for (const [mid, { subject }] of this.acknowledged) {
      if (this.uncertain.has(mid)) continue
      if (drafts.get(mid) !== subject) this.lost.push(`${subject}: found ${drafts.get(mid) ?? 'nothing'}`)
    }
    for (const subject of this.movedSubjects) if (!moved.has(subject)) this.lost.push(`${subject}: moved, and gone`)
    for (const [mid, subject] of drafts) {
      const known = this.acknowledged.has(mid) || this.uncertain.has(mid) || this.maybeCreated.has(subject)
      if (!known) this.lost.push(`${subject}: deleted or moved, and back`)
    }
    await this.verifyBodies(session, folders.drafts, [...drafts])
    this.adopt(drafts)
    client.close()
  }

  /** A sample of the messages, whole: the body must be the one that belongs to the subject. */
  private async verifyBodies(session: MailboxSession, folder: number, drafts: [number, string][]): Promise<void> {
    for (let i = 0; i < 20 && drafts.length > 0; i++) {
      const [mid, subject] = drafts[this.random.below(drafts.length)]
      const [body] = await readMessage(session, folder, mid, [PidTagBody])
      if (body !== bodyOf(subject)) this.lost.push(`${subject}: its body is not whole`)
    }
  }

  /** What the restart decided about unanswered requests is the state from now on. */
  private adopt(drafts: ReadonlyMap<number, string>): void {
    this.acknowledged.clear()
    for (const [mid, subject] of drafts) this.acknowledged.set(mid, { subject, folder: 'drafts' })
    this.uncertain.clear()
    this.maybeCreated.clear()
  }
}

interface Folders {
  drafts: number
  deleted: number
}

/** Two folders of every mailbox that nobody else writes to here. */
function foldersOf(session: MailboxSession): Folders {
  return {
    drafts: session.folderIds[LogonFolder.outbox],
    deleted: session.folderIds[LogonFolder.deletedItems]
  }
}

function contentOf(subject: string) {
  return [property(PidTagSubject, subject), property(PidTagBody, bodyOf(subject))]
}

/** A body that only its subject explains: some kilobytes of hash. */
function bodyOf(subject: string): string {
  const digest = createHash('sha256').update(subject).digest('hex')
  return digest.repeat(40)
}
