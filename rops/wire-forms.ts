/** Byte forms that ROPs of several families have in common. */

import {
  array,
  ascii0,
  bool8,
  custom,
  enumeration,
  flags,
  type Layout,
  struct,
  u8,
  u16,
  u32
} from '../src/bufferstructs/index.js'
import { type RowCell, readPropertyRow, writePropertyRow } from '../src/oxcdata/property-row.js'
import { propertyTag } from '../src/oxcdata/property-tag.js'
import { type Restriction, restriction } from '../src/oxcdata/restriction.js'
import type { ObjectKind } from './rop.js'

/** RopRelease and RopProgress take whatever a handle stands for. */
export const allObjectKinds: readonly ObjectKind[] = [
  ...(['logon', 'folder', 'message', 'attachment', 'table', 'stream', 'subscription'] as const),
  ...(['fastTransferSource', 'fastTransferDestination', 'syncDownload', 'syncUpload'] as const)
]

/** ReturnValue of a copy whose destination handle names nothing; its response has a form of its own ([MS-OXCROPS] 2.2.4.6.3). */
export const NULL_DESTINATION = 0x00000503
/** A success with problems, whose response is that of success ([MS-OXCROPS] 2.2.8.10.2). */
export const WARN_WITH_ERRORS = 0x00040380

/** [MS-OXCROPS] 2.2.4.1.2: servers that hold the content of a ghosted public folder, the cheapest first. */
export const replicaServers = struct({
  serverCount: u16,
  cheapServerCount: u16,
  servers: array('serverCount', ascii0)
})

/** Response of operations on many objects, which is the same on failure: whether something was left undone. */
export const partialCompletion = struct({ partialCompletion: bool8 })
export const nothingPartial = { partialCompletion: false }

export const nullDestination = struct({ destHandleIndex: u32 })
export const nullDestinationPartial = struct({ destHandleIndex: u32, partialCompletion: bool8 })

/** [MS-OXCDATA] 2.7: ten bytes; `index` counts in the request's list. */
export const propertyProblem = struct({ index: u16, tag: propertyTag, error: u32 })

/** [MS-OXCTABL] 2.2.2.1.3: what an operation on a table has come to. */
export const tableStatus = enumeration(u8, {
  complete: 0x00,
  sorting: 0x09,
  sortError: 0x0a,
  settingColumns: 0x0b,
  setColumnError: 0x0d,
  restricting: 0x0e,
  restrictError: 0x0f
})

/** [MS-OXCTABL] 2.2.2.1.2: the places that a table's cursor is moved from. */
export const seekOrigin = enumeration(u8, { beginning: 0x00, current: 0x01, end: 0x02, custom: 0x03 })

/** [MS-OXCFXICS] 2.2.3.1.1.1.2: how a FastTransfer stream is to be written. */
export const sendOptions = flags(u8, {
  unicode: 0x01,
  useCpid: 0x02,
  recoverMode: 0x04,
  forceUnicode: 0x08,
  partialItem: 0x10,
  reserved1: 0x20,
  reserved2: 0x40
})

/** [MS-OXCDATA] 2.8.1: one row whose columns are those of the context. */
export const propertyRow: Layout<RowCell[]> = custom({
  read: reader => readPropertyRow(reader, reader.context.columns),
  write: (writer, cells) => writePropertyRow(writer, writer.context.columns, cells),
  minSize: 1,
  generate: (_random, _fields, context) => context.columns.map(() => 0x8004010f),
  why: 'the columns of the row stand in another buffer'
})

/** A u16 size and a restriction that fills it; size 0 is no restriction at all. */
export const restrictionData: Layout<Restriction | null> = custom({
  read: reader => {
    const size = reader.u16()
    if (size === 0) return null
    const end = reader.position + size
    const outer = reader.end
    if (end > outer) reader.fail(`restriction of ${size} bytes exceeds the buffer`)
    reader.end = end
    try {
      const value = restriction.read(reader)
      if (reader.position !== end) reader.fail('bytes behind a restriction')
      return value
    } finally {
      reader.end = outer
    }
  },
  write: (writer, value) => {
    const at = writer.reserve(2)
    if (value === null) {
      writer.patchU16(at, 0)
      return
    }
    restriction.write(writer, value)
    writer.patchU16(at, writer.position - at - 2)
  },
  minSize: 2,
  generate: () => null,
  why: 'size 0 stands for no restriction, which no restriction can be written as'
})
