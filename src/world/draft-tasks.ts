import type { MessageDraft } from '../mailbox/messages/message-draft.js'
import { MessageFlag } from '../mailbox/messages/message-flags.js'
import * as names from '../oxprops/named-properties.generated.js'
import * as tags from '../oxprops/property-tags.generated.js'
import { toFiletime } from '../runtime.js'
import { draftAttachments } from './draft-attachments.js'
import { type DraftContext, filetimeOf, ItemBag, personOf } from './draft-context.js'
import { setBodies, setRanks, TaskStatus } from './draft-messages.js'
import { NOTE_COLORS, type WorldNote, type WorldTask } from './schema-items.js'

export const TASK_NAMES = [
  names.PidLidTaskStatus,
  names.PidLidPercentComplete,
  names.PidLidTeamTask,
  names.PidLidTaskStartDate,
  names.PidLidTaskDueDate,
  names.PidLidTaskDateCompleted,
  names.PidLidTaskActualEffort,
  names.PidLidTaskEstimatedEffort,
  names.PidLidTaskVersion,
  names.PidLidTaskState,
  names.PidLidTaskComplete,
  names.PidLidTaskFCreator,
  names.PidLidTaskOwner,
  names.PidLidTaskAssigner,
  names.PidLidTaskOrdinal,
  names.PidLidTaskFRecurring,
  names.PidLidTaskOwnership,
  names.PidLidTaskAcceptanceState,
  names.PidLidTaskMode,
  names.PidLidCommonStart,
  names.PidLidCommonEnd,
  names.PidLidReminderSet,
  names.PidLidReminderTime,
  names.PidLidReminderSignalTime,
  names.PidLidPrivate,
  names.PidLidSideEffects,
  names.PidNameKeywords
]

/** PidLidTaskState ([MS-OXOTASK] 2.2.2.2.14): the task was not assigned to anybody. */
const NOT_ASSIGNED = 1
const ICON = 0x500
const SIDE_EFFECTS = 0x110
const FIRST_VERSION = 1
/** PidLidTaskOrdinal of a task that was not ordered by hand ([MS-OXOTASK] 2.2.2.2.26). */
const NO_ORDINAL = 0x7fffffff

/** A task ([MS-OXOTASK] 2.2.2). */
export function draftTask(task: WorldTask, identity: string, context: DraftContext): MessageDraft {
  const { start, due, status, reminder } = task
  const isDone = status === 'complete'
  const bag = new ItemBag(identity, context.names)
  bag.set(tags.PidTagMessageClass, 'IPM.Task').set(tags.PidTagSubject, task.subject)
  setBodies(bag, { body: task.body, html: undefined })
  setRanks(bag, task)
  bag.set(tags.PidTagIconIndex, ICON).set(tags.PidTagMessageFlags, MessageFlag.read)
  bag.name(names.PidLidTaskStatus, TaskStatus[status]).name(names.PidLidTaskComplete, isDone)
  bag.name(names.PidLidPercentComplete, task.percentComplete ?? (isDone ? 1 : 0))
  if (start !== undefined) {
    bag.name(names.PidLidTaskStartDate, dayOf(start)).name(names.PidLidCommonStart, filetimeOf(start))
  }
  if (due !== undefined) bag.name(names.PidLidTaskDueDate, dayOf(due)).name(names.PidLidCommonEnd, filetimeOf(due))
  if (isDone) {
    const completed = task.completed ?? due ?? new Date(context.now).toISOString()
    bag.name(names.PidLidTaskDateCompleted, dayOf(completed))
  }
  bag.name(names.PidLidTaskOwner, task.owner === undefined ? context.owner.name : personOf(task.owner, context).name)
  bag.name(names.PidLidTaskEstimatedEffort, task.estimate ?? 0).name(names.PidLidTaskActualEffort, task.spent ?? 0)
  bag.name(names.PidLidTaskState, NOT_ASSIGNED).name(names.PidLidTaskVersion, FIRST_VERSION)
  bag.name(names.PidLidTaskOwnership, 0).name(names.PidLidTaskAcceptanceState, 0).name(names.PidLidTaskMode, 0)
  bag.name(names.PidLidTaskFCreator, true).name(names.PidLidTeamTask, false).name(names.PidLidTaskFRecurring, false)
  bag.name(names.PidLidTaskAssigner, '').name(names.PidLidTaskOrdinal, NO_ORDINAL)
  bag.name(names.PidLidSideEffects, SIDE_EFFECTS)
  bag.name(names.PidLidReminderSet, reminder !== undefined)
  if (reminder !== undefined) {
    const moment = filetimeOf(reminder)
    bag.name(names.PidLidReminderTime, moment).name(names.PidLidReminderSignalTime, moment)
  }
  return {
    properties: bag.properties,
    recipients: [],
    attachments: draftAttachments(task.attachments, identity, context),
    time: toFiletime(context.now)
  }
}

const DATE = /^(\d{4}-\d{2}-\d{2})/

/** A day as tasks have it: its midnight, wherever it is read ([MS-OXOTASK] 2.2.2.2.4); that of the date as it is written. */
function dayOf(moment: string): bigint {
  const written = DATE.exec(moment)?.[1]
  return filetimeOf(written ?? new Date(Date.parse(moment)).toISOString().slice(0, 10))
}

export const NOTE_NAMES = [
  names.PidLidNoteColor,
  names.PidLidNoteWidth,
  names.PidLidNoteHeight,
  names.PidLidNoteX,
  names.PidLidNoteY,
  names.PidNameKeywords
]

const NOTE_ICON = 0x300
const NOTE_PLACE = { width: 200, height: 166, x: 110, y: 110 } as const
const SUBJECT_CHARS = 255

/** A sticky note ([MS-OXONOTE] 2.2.1); its first line is its subject. */
export function draftNote(note: WorldNote, identity: string, context: DraftContext): MessageDraft {
  const color = NOTE_COLORS.indexOf(note.color)
  const bag = new ItemBag(identity, context.names)
  bag.set(tags.PidTagMessageClass, 'IPM.StickyNote')
  bag.set(tags.PidTagSubject, note.body.split(/\r?\n/, 1)[0].slice(0, SUBJECT_CHARS))
  setBodies(bag, { body: note.body, html: undefined })
  setRanks(bag, { categories: note.categories, importance: 'normal', sensitivity: 'normal' })
  bag.set(tags.PidTagIconIndex, NOTE_ICON + color).set(tags.PidTagMessageFlags, MessageFlag.read)
  bag.name(names.PidLidNoteColor, color)
  bag.name(names.PidLidNoteWidth, NOTE_PLACE.width).name(names.PidLidNoteHeight, NOTE_PLACE.height)
  bag.name(names.PidLidNoteX, NOTE_PLACE.x).name(names.PidLidNoteY, NOTE_PLACE.y)
  return { properties: bag.properties, recipients: [], attachments: [], time: toFiletime(context.now) }
}
