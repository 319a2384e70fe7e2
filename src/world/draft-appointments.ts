import type { MessageDraft } from '../mailbox/messages/message-draft.js'
import { MessageFlag } from '../mailbox/messages/message-flags.js'
import { completeRecipient, type Recipient } from '../oxcdata/recipient.js'
import * as names from '../oxprops/named-properties.generated.js'
import * as tags from '../oxprops/property-tags.generated.js'
import { toFiletime } from '../runtime.js'
import {
  type Correspondent,
  RECEIVED_BY,
  RECEIVED_REPRESENTING,
  recipientOf,
  SENDER,
  SENT_REPRESENTING,
  setPerson,
  setValue
} from '../transport/correspondent.js'
import { draftAttachments } from './draft-attachments.js'
import { type DraftContext, ItemBag, personOf } from './draft-context.js'
import { setBodies, setRanks } from './draft-messages.js'
import type { ATTENDEE_KINDS, RESPONSES, WorldAppointment } from './schema-items.js'
import { SeededRandom } from './seeded-random.js'

/** PidLidBusyStatus ([MS-OXOCAL] 2.2.1.2). */
const BusyStatus = { free: 0, tentative: 1, busy: 2, outOfOffice: 3, workingElsewhere: 4 } as const
/** PidLidAppointmentStateFlags ([MS-OXOCAL] 2.2.1.10). */
const StateFlag = { meeting: 1, received: 2 } as const
/** PidLidResponseStatus ([MS-OXOCAL] 2.2.1.11). */
const ResponseStatus = { none: 0, organized: 1, tentative: 2, accepted: 3, declined: 4, notResponded: 5 } as const
const RESPONSE_STATUS: Readonly<Record<(typeof RESPONSES)[number], number>> = {
  none: ResponseStatus.notResponded,
  accepted: ResponseStatus.accepted,
  tentative: ResponseStatus.tentative,
  declined: ResponseStatus.declined
}
/** PidLidSideEffects ([MS-OXCMSG] 2.2.1.16) of a Calendar object ([MS-OXOCAL] 2.2.2.2) and of a request (2.2.5.1). */
const CALENDAR_SIDE_EFFECTS = 0x171
const REQUEST_SIDE_EFFECTS = 0x1c61
/** PidTagIconIndex ([MS-OXOCAL] 2.2.1.49): an appointment, a meeting, a meeting request. */
const Icon = { appointment: 0x400, meeting: 0x402, request: 0x404 } as const
/** mtgRequest ([MS-OXOCAL] 2.2.6.5). */
const MEETING_REQUEST = 1
const DEFAULT_REMINDER_MINUTES = 15
const MINUTE_MS = 60_000
const DAY_MINUTES = 1440

/** Named properties of calendar items and meeting requests. */
export const APPOINTMENT_NAMES = [
  names.PidLidAppointmentSequence,
  names.PidLidBusyStatus,
  names.PidLidLocation,
  names.PidLidAppointmentStartWhole,
  names.PidLidAppointmentEndWhole,
  names.PidLidAppointmentDuration,
  names.PidLidAppointmentSubType,
  names.PidLidAppointmentStateFlags,
  names.PidLidResponseStatus,
  names.PidLidRecurring,
  names.PidLidIntendedBusyStatus,
  names.PidLidFInvited,
  names.PidLidClipStart,
  names.PidLidClipEnd,
  names.PidLidAllAttendeesString,
  names.PidLidToAttendeesString,
  names.PidLidCcAttendeesString,
  names.PidLidReminderDelta,
  names.PidLidReminderTime,
  names.PidLidReminderSet,
  names.PidLidReminderSignalTime,
  names.PidLidPrivate,
  names.PidLidSideEffects,
  names.PidLidCommonStart,
  names.PidLidCommonEnd,
  names.PidLidAttendeeCriticalChange,
  names.PidLidOwnerCriticalChange,
  names.PidLidWhere,
  names.PidLidGlobalObjectId,
  names.PidLidIsRecurring,
  names.PidLidIsException,
  names.PidLidCleanGlobalObjectId,
  names.PidLidMeetingType,
  names.PidNameKeywords
]

/** An appointment with everything that follows from what a world says of it. */
interface Meeting {
  readonly start: number
  readonly end: number
  readonly organizer: Correspondent
  readonly attendees: readonly Attendee[]
  readonly isMeeting: boolean
  /** Somebody else has organised it. */
  readonly isReceived: boolean
}

interface Attendee {
  readonly person: Correspondent
  readonly kind: (typeof ATTENDEE_KINDS)[number]
  readonly response: (typeof RESPONSES)[number]
}

function meetingOf(appointment: WorldAppointment, context: DraftContext): Meeting {
  const { owner } = context
  const { allDay, end, duration = allDay ? DAY_MINUTES : 30 } = appointment
  const start = Date.parse(appointment.start)
  const organizer = appointment.organizer === undefined ? owner : personOf(appointment.organizer, context)
  const attendees = appointment.attendees.map((attendee): Attendee => {
    const { who, kind, response } =
      typeof attendee === 'string' ? { who: attendee, kind: 'required' as const, response: 'none' as const } : attendee
    return { person: personOf(who, context), kind, response }
  })
  const isReceived = Buffer.compare(organizer.searchKey, owner.searchKey) !== 0
  return {
    ...{ start, organizer, attendees, isReceived },
    end: end === undefined ? start + duration * MINUTE_MS : Date.parse(end),
    isMeeting: attendees.length > 0 || isReceived
  }
}

/** A calendar item ([MS-OXOCAL] 2.2.1, 2.2.2): an appointment, or a meeting when others take part. */
export function draftAppointment(appointment: WorldAppointment, identity: string, context: DraftContext): MessageDraft {
  const meeting = meetingOf(appointment, context)
  const { isMeeting, isReceived } = meeting
  const bag = new ItemBag(identity, context.names)
  bag.set(tags.PidTagMessageClass, 'IPM.Appointment')
  setMeeting(bag, appointment, meeting, identity, context)
  bag.set(tags.PidTagMessageFlags, MessageFlag.read)
  bag.set(tags.PidTagIconIndex, isMeeting ? Icon.meeting : Icon.appointment)
  bag.name(names.PidLidSideEffects, CALENDAR_SIDE_EFFECTS)
  const busy = appointment.busy ?? (appointment.allDay ? 'free' : 'busy')
  const isUndecided = isReceived && (appointment.response === 'none' || appointment.response === 'tentative')
  bag.name(names.PidLidBusyStatus, isUndecided ? BusyStatus.tentative : BusyStatus[busy])
  if (isReceived) bag.name(names.PidLidIntendedBusyStatus, BusyStatus[busy])
  bag.name(names.PidLidResponseStatus, responseOf(appointment, meeting))
  bag.name(names.PidLidFInvited, isMeeting && !isReceived)
  setReminder(bag, appointment, meeting)
  return draftOf(bag, appointment, meeting, identity, context, toFiletime(context.now))
}

function responseOf({ response }: WorldAppointment, { isMeeting, isReceived }: Meeting): number {
  if (!isMeeting) return ResponseStatus.none
  return isReceived ? RESPONSE_STATUS[response] : ResponseStatus.organized
}

/**
 * A request for a meeting ([MS-OXOCAL] 2.2.6) as it was received. `identity` is that of the meeting: the calendar item and the
 * request are told to belong together by the object id that is made of it.
 */
export function draftMeetingRequest(
  appointment: WorldAppointment,
  identity: string,
  context: DraftContext,
  received: number,
  isRead: boolean
): MessageDraft {
  const meeting = meetingOf(appointment, context)
  const bag = new ItemBag(`${identity}/request`, context.names)
  const time = toFiletime(received)
  bag.set(tags.PidTagMessageClass, 'IPM.Schedule.Meeting.Request')
  setMeeting(bag, appointment, meeting, identity, context)
  bag.set(tags.PidTagMessageDeliveryTime, time).set(tags.PidTagClientSubmitTime, time)
  bag.set(tags.PidTagMessageFlags, isRead ? MessageFlag.read : 0)
  bag.set(tags.PidTagIconIndex, Icon.request)
  bag.set(tags.PidTagProcessed, isRead)
  bag.name(names.PidLidSideEffects, REQUEST_SIDE_EFFECTS)
  bag.name(names.PidLidMeetingType, MEETING_REQUEST)
  bag.name(names.PidLidBusyStatus, BusyStatus.tentative)
  bag.name(names.PidLidIntendedBusyStatus, BusyStatus[appointment.busy ?? 'busy'])
  bag.name(names.PidLidResponseStatus, ResponseStatus.notResponded)
  bag.name(names.PidLidFInvited, true)
  bag.name(names.PidLidOwnerCriticalChange, time)
  bag.name(names.PidLidAttendeeCriticalChange, time)
  setPerson(bag.properties, RECEIVED_BY, context.owner)
  setPerson(bag.properties, RECEIVED_REPRESENTING, context.owner)
  return draftOf(bag, appointment, meeting, `${identity}/request`, context, time)
}

/** What a calendar item and a request for it have in common. */
function setMeeting(
  bag: ItemBag,
  appointment: WorldAppointment,
  { start, end, organizer, isMeeting, isReceived, attendees }: Meeting,
  identity: string,
  context: DraftContext
): void {
  const [from, to] = [toFiletime(start), toFiletime(end)]
  bag.set(tags.PidTagSubject, appointment.subject)
  setBodies(bag, appointment)
  setRanks(bag, appointment)
  setPerson(bag.properties, SENDER, organizer)
  setPerson(bag.properties, SENT_REPRESENTING, organizer)
  bag.set(tags.PidTagStartDate, from).set(tags.PidTagEndDate, to)
  bag.name(names.PidLidAppointmentStartWhole, from).name(names.PidLidAppointmentEndWhole, to)
  bag.name(names.PidLidCommonStart, from).name(names.PidLidCommonEnd, to)
  bag.name(names.PidLidClipStart, from).name(names.PidLidClipEnd, to)
  bag.name(names.PidLidAppointmentDuration, Math.round((end - start) / MINUTE_MS))
  bag.name(names.PidLidAppointmentSubType, appointment.allDay)
  bag.name(names.PidLidLocation, appointment.location).name(names.PidLidWhere, appointment.location)
  bag.name(names.PidLidAppointmentSequence, 0)
  const flags = (isMeeting ? StateFlag.meeting : 0) | (isReceived ? StateFlag.received : 0)
  bag.name(names.PidLidAppointmentStateFlags, flags)
  bag.name(names.PidLidRecurring, false).name(names.PidLidIsRecurring, false).name(names.PidLidIsException, false)
  const objectId = globalObjectId(identity, context.now)
  bag.name(names.PidLidGlobalObjectId, objectId).name(names.PidLidCleanGlobalObjectId, objectId)
  if (!isMeeting) return
  bag.set(tags.PidTagOwnerAppointmentId, new SeededRandom(`${identity}/appointment`).below(0x7fffffff) + 1)
  bag.set(tags.PidTagResponseRequested, true).set(tags.PidTagReplyRequested, true)
  const listed = (kinds: readonly string[]): string =>
    attendees
      .filter(({ kind }) => kinds.includes(kind))
      .map(({ person }) => person.name)
      .join('; ')
  bag.name(names.PidLidAllAttendeesString, listed(['required', 'optional']))
  bag.name(names.PidLidToAttendeesString, listed(['required']))
  bag.name(names.PidLidCcAttendeesString, listed(['optional']))
}

function setReminder(bag: ItemBag, { reminder }: WorldAppointment, { start }: Meeting): void {
  const minutes = reminder ?? DEFAULT_REMINDER_MINUTES
  bag.name(names.PidLidReminderSet, reminder !== undefined)
  bag.name(names.PidLidReminderDelta, minutes)
  bag.name(names.PidLidReminderTime, toFiletime(start))
  bag.name(names.PidLidReminderSignalTime, toFiletime(start - minutes * MINUTE_MS))
}

function draftOf(
  bag: ItemBag,
  appointment: WorldAppointment,
  meeting: Meeting,
  identity: string,
  context: DraftContext,
  time: bigint
): MessageDraft {
  return {
    properties: bag.properties,
    recipients: meeting.isMeeting ? rowsOf(meeting) : [],
    attachments: draftAttachments(appointment.attachments, identity, context),
    time
  }
}

/** PidTagRecipientType of an attendee ([MS-OXOCAL] 2.2.4.10.7). */
const RECIPIENT_TYPES: Readonly<Record<Attendee['kind'], number>> = { required: 1, optional: 2, resource: 3 }
/** PidTagRecipientFlags ([MS-OXOCAL] 2.2.4.10.1): the row can be sent to; it is that of the organiser. */
const SENDABLE_ORGANIZER = 3

/** The organiser first, then the attendees ([MS-OXOCAL] 2.2.4.10). */
function rowsOf({ organizer, attendees }: Meeting): Recipient[] {
  const first = withTracking(recipientOf(organizer, 0, 'to'), ResponseStatus.none)
  setValue(first.properties, tags.PidTagRecipientFlags, SENDABLE_ORGANIZER)
  const others = attendees.map(({ person, kind, response }, at) => {
    const row = recipientOf(person, at + 1, 'to')
    const status = response === 'none' ? ResponseStatus.none : RESPONSE_STATUS[response]
    const type = RECIPIENT_TYPES[kind]
    return withTracking(completeRecipient({ ...row, type }), status)
  })
  return [first, ...others]
}

function withTracking(row: Recipient, status: number): Recipient {
  setValue(row.properties, tags.PidTagRecipientTrackStatus, status)
  return row
}

/** The bytes by which a Global Object ID is told ([MS-OXOCAL] 2.2.1.27). */
const OBJECT_ID_BYTES = Buffer.from('040000008200e00074c5b7101a82e008', 'hex')

/** PidLidGlobalObjectId: no date of an exception, the moment of creation, 16 bytes of its own. */
export function globalObjectId(identity: string, createdMs: number): Uint8Array {
  const id = Buffer.alloc(56)
  id.set(OBJECT_ID_BYTES, 0)
  id.writeBigUInt64LE(toFiletime(createdMs), 20)
  id.writeUInt32LE(16, 36)
  id.set(new SeededRandom(`${identity}/object`).fill(new Uint8Array(16)), 40)
  return id
}
