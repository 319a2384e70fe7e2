/**
 * What long operations on a folder cost everybody else: a folder with many messages is copied, emptied, moved and removed by one
 * client while another one works in a mailbox of its own.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { RopCopyFolder } from '../../rops/folder/rop-copy-folder.js'
import { RopDeleteFolder } from '../../rops/folder/rop-delete-folder.js'
import { RopEmptyFolder } from '../../rops/folder/rop-empty-folder.js'
import { RopMoveFolder } from '../../rops/folder/rop-move-folder.js'
import { RopOpenFolder } from '../../rops/folder/rop-open-folder.js'
import { RopGetPropertiesSpecific } from '../../rops/property/rop-get-properties-specific.js'
import { type ListedFolder, LogonFolder, MailboxSession, succeeded } from '../../src/client/mailbox-session.js'
import { MapiClient } from '../../src/client/mapi-client.js'
import { createMessage } from '../../src/client/message-actions.js'
import { RopBatch } from '../../src/client/rop-batch.js'
import { serverAddress } from '../../src/client/server-address.js'
import { startServer } from '../../src/index.js'
import { PtypString } from '../../src/oxcdata/property-type.js'
import { encodeValue } from '../../src/oxcdata/property-value.js'
import { PidTagContentCount, PidTagSubject } from '../../src/oxprops/property-tags.generated.js'
import { systemRuntime } from '../../src/runtime.js'
import { type World, worldSchema } from '../../src/world/schema.js'
import { type LoopDelays, LoopWatch } from '../loop-delay.js'

export interface FolderFigure {
  name: string
  messages: number
  /** From the request to its response. */
  elapsedMs: number
  /** How long the event loop was held meanwhile. */
  delays: LoopDelays
  /** Longest and middle time that the other client waited for an answer meanwhile, and how often it asked. */
  longestWaitMs: number
  middleWaitMs: number
  asked: number
  /** Answers that took longer than 20 ms. */
  late: number
  /** The same of a third client that saves messages in a mailbox of its own. */
  longestSaveMs: number
  middleSaveMs: number
  saved: number
}

const people = ['alice', 'bob', 'carol'] as const
const HARD = 0x15
const SAVE_EVERY_MS = 20
const LATE_MS = 20

function worldOf(messages: number): World {
  const full = { path: 'Full', generate: { seed: 7, messages } }
  return worldSchema.parse({
    ...{ ropewalk: 1, name: 'folders', domain: 'bench.example' },
    users: people.map(name => ({
      ...{ address: `${name}@bench.example`, name, password: name },
      folders: name === 'alice' ? [full] : []
    }))
  })
}

export async function benchFolders(messages: number): Promise<FolderFigure[]> {
  const dataDir = mkdtempSync(join(tmpdir(), 'ropewalk-folders-'))
  const server = await startServer({ dataDir, ports: 0, httpsPort: null, logLevel: 'silent', world: worldOf(messages) })
  try {
    const [worker, reader, saver] = await Promise.all(people.map(name => logOn(server.urls.http, name)))
    const bench = new FolderBench(worker, reader, saver, messages)
    return await bench.run()
  } finally {
    await server.stop()
    rmSync(dataDir, { recursive: true, force: true })
  }
}

async function logOn(url: string, name: string): Promise<MailboxSession> {
  const client = await MapiClient.open({ ...serverAddress(url), address: `${name}@bench.example`, password: name })
  await client.connect()
  return MailboxSession.logOn(client)
}

class FolderBench {
  private readonly figures: FolderFigure[] = []

  constructor(
    private readonly worker: MailboxSession,
    private readonly reader: MailboxSession,
    private readonly saver: MailboxSession,
    private readonly messages: number
  ) {}

  async run(): Promise<FolderFigure[]> {
    const { worker } = this
    const subtree = worker.folderIds[LogonFolder.ipmSubtree]
    const full = await this.named('Full')
    const named = (folderId: number, newFolderName: string) => ({
      ...{ wantAsynchronous: false, useUnicode: true, folderId, newFolderName }
    })
    await this.measure('copy', [subtree, subtree], batch => {
      const request = { ...named(full.folderId, 'Copy'), wantRecursive: true }
      return batch.add(RopCopyFolder, { source: 1, destination: 2 }, request)
    })
    const copy = await this.named('Copy')
    await this.measure('move within the mailbox', [subtree, full.folderId], batch =>
      batch.add(RopMoveFolder, { source: 1, destination: 2 }, named(copy.folderId, 'Moved'))
    )
    await this.measure('empty', [full.folderId], batch =>
      batch.add(RopEmptyFolder, { input: 1 }, { wantAsynchronous: false, wantDeleteAssociated: true })
    )
    await this.measure('delete for good', [subtree], batch =>
      batch.add(RopDeleteFolder, { input: 1 }, { deleteFolderFlags: HARD, folderId: full.folderId })
    )
    return this.figures
  }

  private async named(name: string): Promise<ListedFolder> {
    const found = (await this.worker.listFolders()).find(({ displayName }) => displayName === name)
    if (found === undefined) throw new Error(`no folder ${name}`)
    return found
  }

  private async measure(
    name: string,
    folders: readonly number[],
    add: (batch: RopBatch) => { readonly returnValue: number; readonly name: string }
  ): Promise<void> {
    const batch = new RopBatch([this.worker.logonHandle])
    for (const folderId of folders) {
      batch.add(RopOpenFolder, { input: 0, output: batch.slot() }, { folderId, openModeFlags: 0 })
    }
    const result = add(batch)
    let isRunning = true
    const asking = this.ask(() => isRunning)
    const saving = this.save(() => isRunning)
    const watch = new LoopWatch()
    const started = systemRuntime.monotonic()
    await this.worker.client.execute(batch).finally(() => {
      isRunning = false
    })
    const elapsedMs = systemRuntime.monotonic() - started
    const delays = watch.stop()
    const [waits, saves] = await Promise.all([asking, saving])
    if (result.returnValue !== 0) throw new Error(`${name}: 0x${result.returnValue.toString(16)}`)
    this.figures.push({
      ...{ name, messages: this.messages, elapsedMs, delays },
      ...{ longestWaitMs: waits.at(-1)!, middleWaitMs: waits[waits.length >> 1], asked: waits.length },
      late: waits.filter(wait => wait > LATE_MS).length,
      ...{ longestSaveMs: saves.at(-1)!, middleSaveMs: saves[saves.length >> 1], saved: saves.length }
    })
  }

  /** A message is saved again and again, with a pause in between; how long each took, sorted. */
  private async save(isRunning: () => boolean): Promise<number[]> {
    const waits: number[] = []
    const subject = { tag: PidTagSubject, bytes: encodeValue(PtypString, 'A message of somebody else') }
    do {
      const started = systemRuntime.monotonic()
      await createMessage(this.saver, this.saver.folderIds[LogonFolder.inbox], [subject])
      waits.push(systemRuntime.monotonic() - started)
      await new Promise<void>(resolve => systemRuntime.timer(SAVE_EVERY_MS, resolve))
    } while (isRunning())
    return waits.sort((a, b) => a - b)
  }

  /** The other client asks for a property of its Inbox, again and again; how long each answer took, sorted. */
  private async ask(isRunning: () => boolean): Promise<number[]> {
    const waits: number[] = []
    const { client, logonHandle, folderIds } = this.reader
    do {
      const batch = new RopBatch([logonHandle])
      const folder = batch.slot()
      const request = { folderId: folderIds[LogonFolder.inbox], openModeFlags: 0 }
      batch.add(RopOpenFolder, { input: 0, output: folder }, request)
      const columns = [PidTagContentCount]
      const asked = { propertySizeLimit: 0, wantUnicode: true, propertyTags: columns }
      const answer = batch.add(RopGetPropertiesSpecific, { input: folder }, asked, { columns })
      const started = systemRuntime.monotonic()
      await client.execute(batch)
      waits.push(systemRuntime.monotonic() - started)
      succeeded(answer)
      await this.reader.release(batch.handles[folder])
    } while (isRunning())
    return waits.sort((a, b) => a - b)
  }
}
