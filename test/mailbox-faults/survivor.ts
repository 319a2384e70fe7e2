import { checkMailbox } from '../../src/mailbox/check.js'
import type { MailboxCore } from '../../src/mailbox/mailbox-core.js'
import type { StoreMessage } from '../../src/mailbox/messages/message.js'
import { stringOf } from '../../src/oxcdata/stored-string.js'
import * as tags from '../../src/oxprops/property-tags.generated.js'
import { keys } from '../../store/index.js'
import { alice } from '../mailbox/mailbox-fixture.js'
import { inbox, LARGE_BYTES, MAILBOX_PROPERTY, type Opened, set, type Told } from './scenario.js'

const READ_WRITE = { access: 'readWrite', softDeleted: false, codePage: 1252 } as const

/** What is wrong with a mailbox after a fault: against its own indexes, and against what was told. */
export async function checkSurvivor({ objects, mailboxes }: Opened, told: Told): Promise<string[]> {
  const core = await mailboxes.find(1)
  if (core === undefined) return told.folders.size > 0 ? ['the mailbox was acknowledged and is gone'] : []
  await objects.blobs.whenIdle()
  const problems = (await checkMailbox(core)).problems
  for (const [mid, { fid, subject, large }] of told.messages) {
    if (told.unsure.has(mid)) continue
    problems.push(...(await checkMessage(core, mid, fid, subject, large)))
  }
  for (const [fid, name] of told.folders) {
    if (told.unsureFolders.has(fid)) continue
    const found = core.tree.find(fid)?.displayName
    if (found !== name) problems.push(`folder ${name} was acknowledged and is ${found ?? 'gone'}`)
  }
  for (const { id, name } of told.names) {
    const found = core.nameFromPropertyId(id)
    if (found === undefined || !('name' in found) || found.name !== name) problems.push(`name ${name} is gone`)
  }
  const property = core.value(MAILBOX_PROPERTY)
  if (
    told.mailboxProperty !== undefined &&
    (typeof property === 'number' || stringOf(property) !== told.mailboxProperty)
  )
    problems.push('a mailbox property was acknowledged and is gone')
  problems.push(...(await checkImported(core, told)))
  problems.push(...(await checkLeftovers(core)))
  if (problems.length === 0) problems.push(...(await goOn(core, told)))
  return problems
}

async function checkMessage(
  core: MailboxCore,
  mid: number,
  fid: number,
  subject: string,
  large: boolean
): Promise<string[]> {
  const name = `message ${mid.toString(16)} (${subject})`
  const record = core.messages.find(mid)
  if (record === undefined) return [`${name} was acknowledged and is gone`]
  if (record.fid !== fid) return [`${name} is in another folder`]
  const message = core.openMessage(fid, mid, READ_WRITE, alice)
  try {
    return await checkContent(message, name, subject, large)
  } finally {
    await message.release()
  }
}

async function checkContent(message: StoreMessage, name: string, subject: string, large: boolean): Promise<string[]> {
  const found = message.value(tags.PidTagSubject)
  if (typeof found === 'number' || stringOf(found) !== subject) return [`${name} has another subject`]
  if (message.recipients.length !== 2) return [`${name} has ${message.recipients.length} recipients`]
  if (!large) return []
  const body = await message.openStream(tags.PidTagBody, 'read', alice)
  const text = Buffer.from(body.read(body.size) as Uint8Array).toString('utf16le')
  await body.release()
  if (text !== subject.repeat(10_000)) return [`the body of ${name} is another one`]
  const attachment = await message.openAttachment(0, { access: 'read' }, alice)
  const data = await attachment.openStream(tags.PidTagAttachDataBinary, 'read', alice)
  const { size } = data
  await data.release()
  await attachment.release()
  return size === LARGE_BYTES ? [] : [`the attachment of ${name} has ${size} bytes`]
}

async function checkImported(core: MailboxCore, { imported }: Told): Promise<string[]> {
  let count = 0
  for await (const page of core.orders.summaries(inbox)) {
    for (const { row } of page) {
      const subject = row.packed.value(tags.PidTagSubject)
      if (subject !== undefined && stringOf(subject).startsWith('imported')) count++
    }
  }
  return count < imported ? [`${count} of ${imported} imported messages are there`] : []
}

/** Everything of a large value that no record refers to must have been swept. */
async function checkLeftovers(core: MailboxCore): Promise<string[]> {
  const { store } = core.objects
  const problems: string[] = []
  const heads = new Set<number>()
  for (const { key } of await store.range(keys.blob.range(core.number))) heads.add(keys.blob.parse(key).blobId)
  for (const { key } of await store.range(keys.blobIntent.range(core.number))) {
    problems.push(`intent of large value ${keys.blobIntent.parse(key).blobId} is left over`)
  }
  for (const { key } of await store.range({ ...keys.blobPiece.range(core.number), keysOnly: true })) {
    const { blobId } = keys.blobPiece.parse(key)
    if (!heads.has(blobId)) problems.push(`piece of large value ${blobId}, which does not exist`)
  }
  return problems
}

/** The mailbox goes on working, and gives out nothing that it gave out before. */
async function goOn(core: MailboxCore, told: Told): Promise<string[]> {
  const problems: string[] = []
  const message = core.createMessage(inbox, { associated: false, codePage: 1252 }, alice)
  set(message, tags.PidTagSubject, 'afterwards')
  const mid = await message.save({ force: false, keepOpen: 'no' }, alice)
  message.release()
  if (told.messages.has(mid)) problems.push('a message id comes twice')
  const first = await core.reserveLocalIds(1)
  for (const id of told.ids) if (first < id + 10) problems.push('a reserved id comes twice')
  const ids = await core.propertyIdsFromNames(
    [{ guid: '00020329-0000-0000-c000-000000000046', name: 'new' }],
    true,
    alice
  )
  if (told.names.some(({ id }) => id === ids[0])) problems.push('a property id comes twice')
  await core.durable()
  problems.push(...(await checkMailbox(core)).problems)
  return problems
}
