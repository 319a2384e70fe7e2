import { PtypBinary } from '../../src/oxcdata/property-type.js'

/** Properties of the root and the Inbox whose entry ids lead to special folders, by what the folder is ([MS-OXOSFLD] 2.2.3). */
export const identification = [
  [0x36d0, 'calendar'],
  [0x36d1, 'contacts'],
  [0x36d2, 'journal'],
  [0x36d3, 'notes'],
  [0x36d4, 'tasks'],
  [0x36d5, 'reminders'],
  [0x36d7, 'drafts']
] as const

export const binary = (id: number): number => id * 0x10000 + PtypBinary
