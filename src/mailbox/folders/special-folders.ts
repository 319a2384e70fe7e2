/**
 * The folders of a fresh mailbox ([MS-OXOSFLD] 2.2, [MS-OXCSTOR] 2.2.1.1.3). Their counters are fixed and small, and
 * those that a real Exchange server was seen to use are the same here: IPM subtree 0x108, Deleted Items 0x10A, Inbox
 * 0x10C, then Calendar to Tasks up to 0x112.
 */

import { makeId } from '../../oxcdata/ids.js'
import type { SpecialFolders } from '../domain.js'

/** One folder of the tree that every mailbox starts with. */
export interface SpecialFolder {
  /** Globcnt of its FID; the REPLID is 1. */
  readonly globcnt: number
  readonly parent: SpecialFolderName | null
  readonly type: 'root' | 'generic' | 'search'
  /** PidTagContainerClass, '' when it has none. */
  readonly containerClass: string
  /** PidTagAttributeHidden. */
  readonly hidden?: boolean
}

const ROOT = { parent: 'root', type: 'generic', containerClass: '' } as const
const mail = (globcnt: number) =>
  ({ globcnt, parent: 'ipmSubtree', type: 'generic', containerClass: 'IPF.Note' }) as const
const item = (globcnt: number, containerClass: string) =>
  ({ globcnt, parent: 'ipmSubtree', type: 'generic', containerClass }) as const
const hidden = (globcnt: number, parent: 'ipmSubtree' | 'contacts', containerClass: string) =>
  ({ globcnt, parent, type: 'generic', containerClass, hidden: true }) as const

/** Parents stand before their children. */
export const specialFolders = {
  root: { globcnt: 0x101, parent: null, type: 'root', containerClass: '' },
  deferredAction: { globcnt: 0x102, ...ROOT },
  spoolerQueue: { globcnt: 0x103, ...ROOT },
  shortcuts: { globcnt: 0x104, ...ROOT },
  finder: { globcnt: 0x105, ...ROOT },
  views: { globcnt: 0x106, ...ROOT },
  commonViews: { globcnt: 0x107, ...ROOT },
  ipmSubtree: { globcnt: 0x108, ...ROOT },
  sentItems: mail(0x109),
  deletedItems: mail(0x10a),
  outbox: mail(0x10b),
  inbox: mail(0x10c),
  calendar: item(0x10d, 'IPF.Appointment'),
  contacts: item(0x10e, 'IPF.Contact'),
  drafts: mail(0x10f),
  journal: item(0x110, 'IPF.Journal'),
  notes: item(0x111, 'IPF.StickyNote'),
  tasks: item(0x112, 'IPF.Task'),
  schedule: { globcnt: 0x113, ...ROOT },
  freebusyData: { globcnt: 0x114, ...ROOT },
  junkEmail: mail(0x115),
  syncIssues: mail(0x116),
  conflicts: { globcnt: 0x117, parent: 'syncIssues', type: 'generic', containerClass: 'IPF.Note' },
  localFailures: { globcnt: 0x118, parent: 'syncIssues', type: 'generic', containerClass: 'IPF.Note' },
  serverFailures: { globcnt: 0x119, parent: 'syncIssues', type: 'generic', containerClass: 'IPF.Note' },
  reminders: { globcnt: 0x11a, parent: 'root', type: 'search', containerClass: 'Outlook.Reminder' },
  rssFeeds: item(0x11b, 'IPF.Note.OutlookHomepage'),
  conversationActions: hidden(0x11c, 'ipmSubtree', 'IPF.Configuration'),
  quickSteps: hidden(0x11d, 'ipmSubtree', 'IPF.Configuration'),
  suggestedContacts: item(0x11e, 'IPF.Contact'),
  quickContacts: hidden(0x11f, 'contacts', 'IPF.Contact.MOC.QuickContacts'),
  imContactList: hidden(0x120, 'contacts', 'IPF.Contact.MOC.ImContactList'),
  recipientCache: hidden(0x121, 'contacts', 'IPF.Contact.RecipientCache')
} as const satisfies Record<string, { globcnt: number; parent: string | null; type: string; containerClass: string }>

export type SpecialFolderName = keyof typeof specialFolders

/** The table with its rows seen alike. */
export const specialFolderRows = Object.entries(specialFolders) as unknown as readonly (readonly [
  SpecialFolderName,
  SpecialFolder
])[]

/** First globcnt that a mailbox gives out itself; everything below is kept for folders with fixed ids. */
export const FIRST_FREE_GLOBCNT = 0x1000

/** FID of a special folder, the same in every mailbox. */
export function specialFid(name: SpecialFolderName): number {
  return makeId(1, specialFolders[name].globcnt)
}

/** The thirteen folders of RopLogon ([MS-OXCSTOR] 2.2.1.1.3). */
export const logonFolders: SpecialFolders = {
  root: specialFid('root'),
  deferredAction: specialFid('deferredAction'),
  spoolerQueue: specialFid('spoolerQueue'),
  ipmSubtree: specialFid('ipmSubtree'),
  inbox: specialFid('inbox'),
  outbox: specialFid('outbox'),
  sentItems: specialFid('sentItems'),
  deletedItems: specialFid('deletedItems'),
  commonViews: specialFid('commonViews'),
  schedule: specialFid('schedule'),
  finder: specialFid('finder'),
  views: specialFid('views'),
  shortcuts: specialFid('shortcuts')
}

/** Property ids on Root and Inbox whose values are entry ids of special folders ([MS-OXOSFLD] 2.2.3). */
export const identificationProperties: readonly (readonly [propertyId: number, folder: SpecialFolderName])[] = [
  [0x36d0, 'calendar'],
  [0x36d1, 'contacts'],
  [0x36d2, 'journal'],
  [0x36d3, 'notes'],
  [0x36d4, 'tasks'],
  [0x36d5, 'reminders'],
  [0x36d7, 'drafts']
]

/** Order of the entry ids in PidTagAdditionalRenEntryIds ([MS-OXOSFLD] 2.2.4). */
export const additionalRenFolders: readonly SpecialFolderName[] = [
  'conflicts',
  'syncIssues',
  'localFailures',
  'serverFailures',
  'junkEmail'
]

/** PersistIDs of the blocks in PidTagAdditionalRenEntryIdsEx ([MS-OXOSFLD] 2.2.5.1). */
export const persistBlocks: readonly (readonly [persistId: number, folder: SpecialFolderName])[] = [
  [0x8001, 'rssFeeds'],
  [0x8006, 'conversationActions'],
  [0x8007, 'quickSteps'],
  [0x8008, 'suggestedContacts'],
  [0x800a, 'imContactList'],
  [0x800b, 'quickContacts']
]
