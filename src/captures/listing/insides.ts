/** Byte fields with an inside, by their name. */
import { listAuxiliaryBlocks } from './list-auxiliary.js'
import { listGid } from './list-binary.js'
import { listExtendedBuffers } from './list-extended-buffers.js'
import { listRow } from './list-property.js'
import type { Walk } from './walk.js'

export const insides: Readonly<Record<string, (walk: Walk) => void>> = {
  auxiliary: walk => listExtendedBuffers(walk, listAuxiliaryBlocks),
  /** The row of a notification, with the columns of its table. */
  tableRowData: walk => {
    if (walk.columnsKnown) listRow(walk, walk.reader.context.columns, 'rop')
    else walk.reader.position = walk.reader.end
  },
  sourceFolderId: listGid,
  sourceMessageId: listGid,
  destinationMessageId: listGid
}
