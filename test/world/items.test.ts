import t from 'tap'
import type { Message } from '../../src/mailbox/domain.js'
import type { MailboxCore } from '../../src/mailbox/mailbox-core.js'
import { MessageFlag } from '../../src/mailbox/messages/message-flags.js'
import { parseEntryId } from '../../src/oxcdata/entry-id.js'
import { makeTag, type PropertyTag, tagType } from '../../src/oxcdata/property-tag.js'
import { decodeValue, type PropertyValue } from '../../src/oxcdata/property-value.js'
import * as names from '../../src/oxprops/named-properties.generated.js'
import * as tags from '../../src/oxprops/property-tags.generated.js'
import { toFiletime } from '../../src/runtime.js'
import { COMPANY } from './company.js'
import { midsOf, nodeAt, WorldBed } from './world-bed.js'

/** A message open as its owner sees it, with its values by tag or name. */
class Opened {
  constructor(
    private readonly mailbox: MailboxCore,
    readonly message: Message
  ) {}

  value(tag: PropertyTag): PropertyValue | undefined {
    const stored = this.message.value(tag)
    return typeof stored === 'number' ? undefined : decodeValue(tagType(tag), stored)
  }

  name(property: names.NamedProperty): PropertyValue | undefined {
    const { guid, lid, name } = property
    const id = this.mailbox.names.idOf(lid === undefined ? { guid, name: name! } : { guid, lid })
    return id === 0 ? undefined : this.value(makeTag(id, property.type))
  }

  values(
    wanted: Readonly<Record<string, PropertyTag | names.NamedProperty>>
  ): Record<string, PropertyValue | undefined> {
    return Object.fromEntries(
      Object.entries(wanted).map(([key, of]) => [key, typeof of === 'number' ? this.value(of) : this.name(of)])
    )
  }

  recipients(): Record<string, unknown>[] {
    return this.message.recipients.map(({ type, properties }) => {
      const text = (tag: PropertyTag) => decodeValue(tagType(tag), properties.get(tag)!)
      return {
        type,
        name: text(tags.PidTagDisplayName),
        kind: text(tags.PidTagAddressType),
        smtp: text(tags.PidTagSmtpAddress)
      }
    })
  }
}

async function open(mailbox: MailboxCore, path: string, subject: string): Promise<Opened> {
  const { fid } = nodeAt(mailbox, path)
  for (const mid of await midsOf(mailbox, path)) {
    const options = { access: 'best', softDeleted: false, codePage: 1252 } as const
    const opened = new Opened(mailbox, mailbox.openMessage(fid, mid, options, mailbox.owner))
    if (opened.value(tags.PidTagSubject) === subject) return opened
  }
  throw new Error(`there is no item ${subject} in ${path}`)
}

const filetime = (moment: string): bigint => toFiletime(Date.parse(moment))

async function company(): Promise<{ bed: WorldBed; ann: MailboxCore }> {
  const bed = await WorldBed.open()
  await bed.apply(COMPANY)
  return { bed, ann: await bed.mailbox('ann@company.test') }
}

t.test('a message has what the world says', async t => {
  const { bed, ann } = await company()
  const bo = bed.directory.byAddress('bo@branch.test')!
  const message = await open(ann, 'inbox', 'RE: Hello')
  t.same(
    message.values({
      prefix: tags.PidTagSubjectPrefix,
      topic: tags.PidTagConversationTopic,
      id: tags.PidTagInternetMessageId,
      answers: tags.PidTagInReplyToId,
      references: tags.PidTagInternetReferences,
      importance: tags.PidTagImportance,
      sensitivity: tags.PidTagSensitivity,
      delivered: tags.PidTagMessageDeliveryTime,
      sent: tags.PidTagClientSubmitTime,
      body: tags.PidTagBody,
      native: tags.PidTagNativeBody,
      senderType: tags.PidTagSenderAddressType,
      sender: tags.PidTagSenderEmailAddress,
      senderSmtp: tags.PidTagSenderSmtpAddress,
      author: tags.PidTagSentRepresentingName,
      receiver: tags.PidTagReceivedBySmtpAddress,
      replyTo: tags.PidTagReplyRecipientNames,
      to: tags.PidTagDisplayTo,
      cc: tags.PidTagDisplayCc,
      categories: names.PidNameKeywords
    }),
    {
      prefix: 'RE: ',
      topic: 'Hello',
      id: '<two@company.test>',
      answers: '<one@company.test>',
      references: '<one@company.test>',
      importance: 2,
      sensitivity: 3,
      delivered: filetime('2026-01-04T08:00:00Z'),
      sent: filetime('2026-01-04T07:59:00Z'),
      body: 'Plain',
      native: 3,
      senderType: 'EX',
      sender: bo.legacyDn,
      senderSmtp: 'bo@branch.test',
      author: 'Bo Branch',
      receiver: 'ann@company.test',
      replyTo: 'Cy Clone',
      to: 'Ann Arbor',
      cc: 'Stranger',
      categories: ['Red', 'Blue']
    }
  )
  t.match(Buffer.from(message.value(tags.PidTagHtml) as Uint8Array).toString('utf8'), /^<p>Rich/)
  t.same(message.recipients(), [
    { type: 1, name: 'Ann Arbor', kind: 'EX', smtp: 'ann@company.test' },
    { type: 2, name: 'Stranger', kind: 'SMTP', smtp: 'stranger@elsewhere.test' }
  ])
  t.match(parseEntryId(message.value(tags.PidTagSenderEntryId) as Uint8Array), {
    kind: 'addressBook',
    type: 0,
    dn: bo.legacyDn
  })
  t.equal((message.value(tags.PidTagMessageFlags) as number) & MessageFlag.read, 0)
  const begun = await open(ann, 'sentItems', 'Hello')
  const [first, answer] = [begun, message].map(one =>
    Buffer.from(one.value(tags.PidTagConversationIndex) as Uint8Array)
  )
  t.equal(first.length, 22)
  t.equal(answer.length, 27)
  t.same(answer.subarray(0, 22), first, 'one conversation')
  t.ok((begun.value(tags.PidTagMessageFlags) as number) & MessageFlag.fromMe)
})

t.test('a flag for follow-up is one that clients show', async t => {
  const { ann } = await company()
  const message = await open(ann, 'inbox', 'RE: Hello')
  t.same(
    message.values({
      status: tags.PidTagFlagStatus,
      icon: tags.PidTagFollowupIcon,
      toDo: tags.PidTagToDoItemFlags,
      request: names.PidLidFlagRequest,
      task: names.PidLidTaskStatus,
      done: names.PidLidTaskComplete,
      due: names.PidLidTaskDueDate,
      title: names.PidLidToDoTitle,
      proof: names.PidLidValidFlagStringProof,
      isReminded: names.PidLidReminderSet,
      signal: names.PidLidReminderSignalTime
    }),
    {
      ...{
        status: 2,
        icon: 6,
        toDo: 1,
        request: 'Call back',
        task: 0,
        done: false,
        title: 'RE: Hello',
        isReminded: true
      },
      due: filetime('2026-01-06T12:00:00Z'),
      proof: filetime('2026-01-04T08:00:00Z'),
      signal: filetime('2026-01-06T11:00:00Z')
    }
  )
})

t.test('attachments are files, pictures in the body, messages', async t => {
  const { ann } = await company()
  const { message } = await open(ann, 'inbox', 'RE: Hello')
  t.same(message.attachmentNumbers(), [0, 1, 2, 3])
  const attachment = async (number: number) => message.openAttachment(number, { access: 'read' }, ann.owner)
  const text = await attachment(0)
  t.equal(Buffer.from(text.value(tags.PidTagAttachDataBinary) as Uint8Array).toString(), 'hello')
  t.equal(decodeValue(0x1f, text.value(tags.PidTagAttachExtension) as Uint8Array), '.txt')
  const picture = await attachment(1)
  t.equal(decodeValue(0x1f, picture.value(tags.PidTagAttachContentId) as Uint8Array), 'dot@company')
  t.same([...(picture.value(tags.PidTagAttachmentHidden) as Uint8Array)], [1])
  const big = await attachment(2)
  t.equal((await big.openStream(tags.PidTagAttachDataBinary, 'read', ann.owner)).size, 40 << 10)
  const embedded = await (await attachment(3)).openEmbedded('read', 1252, ann.owner)
  t.equal(decodeValue(0x1f, embedded.value(tags.PidTagSubject) as Uint8Array), 'Inside')
  t.same(embedded.attachmentNumbers(), [0])
})

t.test('a draft is unsent', async t => {
  const { ann } = await company()
  const draft = await open(ann, 'inbox', 'A draft')
  t.equal((draft.value(tags.PidTagMessageFlags) as number) & MessageFlag.unsent, MessageFlag.unsent)
  t.same(draft.values({ id: tags.PidTagInternetMessageId, time: tags.PidTagMessageDeliveryTime }), {
    id: undefined,
    time: undefined
  })
})

const CALENDAR = {
  class: tags.PidTagMessageClass,
  icon: tags.PidTagIconIndex,
  start: names.PidLidAppointmentStartWhole,
  end: names.PidLidAppointmentEndWhole,
  minutes: names.PidLidAppointmentDuration,
  allDay: names.PidLidAppointmentSubType,
  location: names.PidLidLocation,
  busy: names.PidLidBusyStatus,
  state: names.PidLidAppointmentStateFlags,
  response: names.PidLidResponseStatus,
  isReminded: names.PidLidReminderSet,
  reminder: names.PidLidReminderDelta,
  effects: names.PidLidSideEffects,
  recurring: names.PidLidRecurring
}

t.test('appointments and meetings', async t => {
  const { ann } = await company()
  const meeting = await open(ann, 'calendar', 'Jour fixe')
  t.same(meeting.values(CALENDAR), {
    ...{ class: 'IPM.Appointment', icon: 0x402, minutes: 60, allDay: false, location: 'Room 1', busy: 2, state: 1 },
    ...{ response: 1, isReminded: true, reminder: 10, effects: 0x171, recurring: false },
    start: filetime('2026-01-07T09:00:00Z'),
    end: filetime('2026-01-07T10:00:00Z')
  })
  t.same(meeting.recipients(), [
    { type: 1, name: 'Ann Arbor', kind: 'EX', smtp: 'ann@company.test' },
    { type: 1, name: 'Bo Branch', kind: 'EX', smtp: 'bo@branch.test' },
    { type: 3, name: 'Room 1', kind: 'EX', smtp: 'room@company.test' }
  ])
  const tracked = meeting.message.recipients.map(({ properties }) =>
    [tags.PidTagRecipientFlags, tags.PidTagRecipientTrackStatus].map(tag => decodeValue(3, properties.get(tag)!))
  )
  t.same(tracked, [
    [3, 0],
    [1, 0],
    [1, 3]
  ])
  const objectId = meeting.name(names.PidLidGlobalObjectId) as Uint8Array
  t.same(meeting.name(names.PidLidCleanGlobalObjectId), objectId)
  t.equal(objectId.length, 56)
  const dentist = await open(ann, 'calendar', 'Dentist')
  t.match(dentist.values(CALENDAR), { icon: 0x400, minutes: 45, busy: 3, state: 0, response: 0, isReminded: false })
  t.equal(dentist.name(names.PidLidPrivate), true)
  t.same(dentist.recipients(), [])
  const theirs = await open(ann, 'calendar', 'Their meeting')
  t.match(theirs.values(CALENDAR), { icon: 0x402, minutes: 30, busy: 1, state: 3, response: 2 })
  t.equal(theirs.value(tags.PidTagSentRepresentingName), 'Bo Branch')
  const fair = await open(ann, 'calendar', 'Fair')
  t.match(fair.values(CALENDAR), { allDay: true, minutes: 1440, busy: 0 })
})

t.test('a contact', async t => {
  const { bed, ann } = await company()
  const zoe = await open(ann, 'contacts', 'Zoe Zander')
  t.match(
    zoe.values({
      class: tags.PidTagMessageClass,
      name: tags.PidTagDisplayName,
      given: tags.PidTagGivenName,
      phone: tags.PidTagBusinessTelephoneNumber,
      birthday: tags.PidTagBirthday,
      fileUnder: names.PidLidFileUnder,
      fileUnderId: names.PidLidFileUnderId,
      first: names.PidLidEmail1EmailAddress,
      firstType: names.PidLidEmail1AddressType,
      second: names.PidLidEmail2EmailAddress,
      secondType: names.PidLidEmail2AddressType,
      list: names.PidLidAddressBookProviderEmailList,
      array: names.PidLidAddressBookProviderArrayType,
      workStreet: names.PidLidWorkAddressStreet,
      work: names.PidLidWorkAddress,
      mailing: names.PidLidPostalAddressId,
      street: tags.PidTagStreetAddress,
      hasPicture: names.PidLidHasPicture
    }),
    {
      ...{ class: 'IPM.Contact', name: 'Zoe Zander', given: 'Zoe', phone: '+49 555 0103', fileUnder: 'Zander, Zoe' },
      ...{
        fileUnderId: 0x8017,
        first: 'zoe@elsewhere.test',
        firstType: 'EX',
        secondType: 'EX',
        list: [0, 1],
        array: 3
      },
      ...{ workStreet: 'Main Street 1', street: 'Main Street 1', mailing: 2, hasPicture: true },
      birthday: filetime('1990-05-06'),
      first: bed.directory.entryByAddress('zoe@elsewhere.test')!.legacyDn,
      second: bed.directory.entryByAddress('bo@branch.test')!.legacyDn,
      work: 'Main Street 1\r\nBerlin 10115\r\nGermany'
    }
  )
  const picture = await zoe.message.openAttachment(0, { access: 'read' }, ann.owner)
  t.same([...(picture.value(tags.PidTagAttachmentContactPhoto) as Uint8Array)], [1])
})

t.test('tasks and notes', async t => {
  const { ann } = await company()
  const wanted = {
    class: tags.PidTagMessageClass,
    status: names.PidLidTaskStatus,
    percent: names.PidLidPercentComplete,
    isDone: names.PidLidTaskComplete,
    start: names.PidLidTaskStartDate,
    due: names.PidLidTaskDueDate,
    completed: names.PidLidTaskDateCompleted,
    owner: names.PidLidTaskOwner,
    state: names.PidLidTaskState
  }
  t.same((await open(ann, 'tasks', 'Write report')).values(wanted), {
    ...{
      class: 'IPM.Task',
      status: 1,
      percent: 0.5,
      isDone: false,
      owner: 'Ann Arbor',
      state: 1,
      completed: undefined
    },
    start: filetime('2026-01-05'),
    due: filetime('2026-01-09')
  })
  t.match((await open(ann, 'tasks', 'Old')).values(wanted), {
    ...{ status: 2, percent: 1, isDone: true },
    completed: filetime('2025-11-30')
  })
  const note = await open(ann, 'notes', 'Remember')
  t.same(
    note.values({
      class: tags.PidTagMessageClass,
      body: tags.PidTagBody,
      color: names.PidLidNoteColor,
      icon: tags.PidTagIconIndex
    }),
    { class: 'IPM.StickyNote', body: 'Remember\nthe milk', color: 2, icon: 0x302 }
  )
})

t.test('meetings that generated messages ask for stand in the calendar, under the same object id', async t => {
  const { ann } = await company()
  const requests: string[] = []
  for (const mid of await midsOf(ann, 'inbox')) {
    const options = { access: 'best', softDeleted: false, codePage: 1252 } as const
    const opened = new Opened(ann, ann.openMessage(nodeAt(ann, 'inbox').fid, mid, options, ann.owner))
    if (opened.value(tags.PidTagMessageClass) !== 'IPM.Schedule.Meeting.Request') continue
    requests.push(Buffer.from(opened.name(names.PidLidGlobalObjectId) as Uint8Array).toString('hex'))
    t.match(opened.values(CALENDAR), { icon: 0x404, state: 3, response: 5, effects: 0x1c61, busy: 1 })
  }
  t.ok(requests.length > 5)
  const kept: string[] = []
  for (const mid of await midsOf(ann, 'calendar')) {
    const options = { access: 'best', softDeleted: false, codePage: 1252 } as const
    const opened = new Opened(ann, ann.openMessage(nodeAt(ann, 'calendar').fid, mid, options, ann.owner))
    kept.push(Buffer.from(opened.name(names.PidLidGlobalObjectId) as Uint8Array).toString('hex'))
  }
  const accepted = requests.filter(id => kept.includes(id))
  t.ok(
    accepted.length > 3 && accepted.length < requests.length,
    `${accepted.length} of ${requests.length} were taken up`
  )
})
