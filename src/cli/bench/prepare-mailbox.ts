import { RopCreateFolder } from '../../../rops/folder/rop-create-folder.js'
import { RopOpenFolder } from '../../../rops/folder/rop-open-folder.js'
import { idOf, LogonFolder, MailboxSession, succeeded } from '../../client/mailbox-session.js'
import { MapiClient } from '../../client/mapi-client.js'
import { createMessage, listMessages } from '../../client/message-actions.js'
import { property } from '../../client/property-values.js'
import { RopBatch } from '../../client/rop-batch.js'
import * as tags from '../../oxprops/property-tags.generated.js'
import { FOLDER_SIZES, folderName } from './bench-world.js'
import type { BenchMailbox } from './scenarios.js'
import type { ServerUnderTest } from './server-under-test.js'

const GENERIC_FOLDER = 1
const BODY_CHARS = 600

/**
 * Finds the bench's folders in the mailbox, or makes and fills them over MAPI, so that any server can be measured. A
 * server of our own has them from its world.
 */
export async function prepareMailbox(
  server: ServerUnderTest,
  progress: (done: number, all: number) => void
): Promise<{ mailbox: BenchMailbox; discovered: NonNullable<MapiClient['mailbox']> }> {
  const [user] = server.users
  const client = await MapiClient.open({ ...server.at, ...user })
  await client.connect()
  const session = await MailboxSession.logOn(client)
  const listed = await session.listFolders()
  const folders = new Map<number, number>()
  for (const size of FOLDER_SIZES) {
    const found = listed.find(folder => folder.displayName === folderName(size))
    folders.set(size, found?.folderId ?? (await createFolder(session, folderName(size))))
    await fill(session, folders.get(size)!, size, progress)
  }
  const rows = await listMessages(session, folders.get(FOLDER_SIZES[0])!, [tags.PidTagMid])
  const messageIds = rows.map(([mid]) => idOf(mid))
  const draftsFolder = await createFolder(session, 'Bench drafts')
  await client.disconnect()
  client.close()
  return {
    mailbox: { legacyDn: client.mailbox!.legacyDn, folders, messageIds, draftsFolder },
    discovered: client.mailbox!
  }
}

async function createFolder(session: MailboxSession, displayName: string): Promise<number> {
  const batch = new RopBatch([session.logonHandle])
  const parent = session.folderIds[LogonFolder.ipmSubtree]
  batch.add(RopOpenFolder, { input: 0, output: 1 }, { folderId: parent, openModeFlags: 0 })
  const spec = {
    folderType: GENERIC_FOLDER,
    useUnicodeStrings: true,
    openExisting: true,
    reserved: 0,
    displayName,
    comment: ''
  }
  const created = batch.add(RopCreateFolder, { input: 1, output: 2 }, spec)
  await session.client.execute(batch)
  const { folderId } = succeeded(created)
  await session.release(batch.handles[2], batch.handles[1])
  return folderId
}

async function fill(
  session: MailboxSession,
  folder: number,
  size: number,
  progress: (done: number, all: number) => void
): Promise<void> {
  const present = (await listMessages(session, folder, [tags.PidTagMid])).length
  const start = 133_400_000_000_000_000n
  for (let i = present; i < size; i++) {
    progress(i, size)
    await createMessage(session, folder, [
      property(tags.PidTagSubject, `Message ${i}`),
      property(tags.PidTagBody, 'lorem ipsum '.repeat(BODY_CHARS / 12)),
      property(tags.PidTagSentRepresentingName, `Sender ${i % 40}`),
      property(tags.PidTagMessageDeliveryTime, start + BigInt(i) * 600_000_000n)
    ])
  }
}
