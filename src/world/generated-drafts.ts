import type { MailboxCore } from '../mailbox/mailbox-core.js'
import type { MessageDraft } from '../mailbox/messages/message-draft.js'
import type { PreparedMessage } from '../mailbox/messages/prepared-message.js'
import type { Fid } from '../oxcdata/ids.js'
import { draftAppointment, draftMeetingRequest } from './draft-appointments.js'
import type { DraftContext } from './draft-context.js'
import { draftMessage } from './draft-messages.js'
import { type MessagePlan, MessagePlanner, placeOf, type Surroundings, writeOut } from './generate-messages.js'
import { Press } from './press.js'
import type { GenerateSpec, WorldAppointment } from './schema-items.js'
import { SeededRandom } from './seeded-random.js'
import { words } from './words/index.js'

export interface GeneratedSource {
  readonly spec: GenerateSpec
  readonly around: Surroundings
  readonly context: DraftContext
  /** Where in the world the messages are: what is made up is derived from it. */
  readonly scope: string
}

/** So many messages are passed over at once. */
const SKIPPED_AT_ONCE = 1000
const SEARCH_KEY_BYTES = 16

/** The generated messages of a folder from number `from` on, ready to be written; null now and then on the way there. */
export function* generatedDrafts(
  core: MailboxCore,
  fid: Fid,
  source: GeneratedSource,
  from: number
): Generator<PreparedMessage | MessageDraft | null> {
  const planner = new MessagePlanner(source.spec, source.around)
  const press = new Press(core, fid, source, planner)
  const keys = searchKeys(source.scope)
  let index = 0
  for (let plan = planner.next(); plan !== undefined; plan = planner.next(), index++) {
    // What is left out still takes its share of the random numbers.
    const searchKey = keys.next().value
    if (index >= from)
      yield isPlain(plan) ? press.prepare(plan, searchKey, index) : plainDraft(plan, planner, source, searchKey, index)
    else if (index % SKIPPED_AT_ONCE === 0) yield null
  }
}

/** Whether the press can make it: most messages are of a few kinds. */
function isPlain({ meeting, isFlagged, isLarge }: MessagePlan): boolean {
  return meeting === undefined && !isFlagged && !isLarge
}

/** A planned message one by one, as if a world file had written it. */
export function plainDraft(
  plan: MessagePlan,
  planner: Pick<MessagePlanner, 'people' | 'idTail'>,
  { around, context, scope }: GeneratedSource,
  searchKey: Uint8Array,
  index: number
): MessageDraft {
  const { people } = planner
  if (plan.meeting !== undefined) {
    const appointment = appointmentOf(plan, people, around)
    return draftMeetingRequest(appointment, `${scope}/${index}`, context, plan.received, plan.isRead)
  }
  const message = writeOut(plan, people, around)
  return draftMessage(message, `${scope}/${index}`, context, { place: placeOf(plan, planner), searchKey, isLean: true })
}

/** PidTagSearchKey of the generated messages of a folder, one after the other. */
export function* searchKeys(scope: string): Generator<Uint8Array, never> {
  const random = new SeededRandom(`${scope}/search`)
  for (;;) yield random.fill(new Uint8Array(SEARCH_KEY_BYTES))
}

/** The meeting that a message asks for. */
function appointmentOf(plan: MessagePlan, people: readonly string[], { owner }: Surroundings): WorldAppointment {
  const { meeting, language, sentences, topic } = plan
  const { rooms, sentences: lines } = words[language]
  const { start, minutes, room, response } = meeting!
  return {
    subject: topic,
    start: new Date(start).toISOString(),
    duration: minutes,
    allDay: false,
    location: rooms[room % rooms.length],
    organizer: people[plan.person],
    attendees: [`${owner.name} <${owner.address}>`, ...(plan.cc < 0 ? [] : [people[plan.cc]])],
    response,
    reminder: 15,
    ...{ importance: plan.isImportant ? 'high' : 'normal', sensitivity: 'normal', categories: [], attachments: [] },
    body: sentences.map(at => `${lines[at]}\r\n`).join('')
  }
}

/**
 * The calendar items of the meetings that generated messages have asked for and that the owner has taken up, those of message
 * number `from` on. `onDraft` is told the number of the message with each.
 */
export function* generatedMeetings(
  source: GeneratedSource,
  from: number,
  onDraft: (index: number) => void
): Generator<MessageDraft | null> {
  const planner = new MessagePlanner(source.spec, source.around)
  let index = 0
  for (let plan = planner.next(); plan !== undefined; plan = planner.next(), index++) {
    if (index % SKIPPED_AT_ONCE === 0) yield null
    if (index < from || plan.meeting === undefined || plan.meeting.response === 'none') continue
    const appointment = appointmentOf(plan, planner.people, source.around)
    onDraft(index)
    yield draftAppointment(appointment, `${source.scope}/${index}`, source.context)
  }
}
