import { array, bool8, id, struct, u16 } from '../../src/bufferstructs/index.js'
import { ErrorCode } from '../../src/oxcdata/error-code.js'
import { MapiError } from '../../src/oxcdata/map-error.js'
import { chain } from '../chain.js'
import { rop } from '../rop.js'
import { NULL_DESTINATION, nothingPartial, nullDestinationPartial, partialCompletion } from '../wire-forms.js'

/** [MS-OXCROPS] 2.2.4.6, [MS-OXCFOLD] 2.2.1.6, 3.2.5.6: moves or copies messages to another folder. */
export const RopMoveCopyMessages = rop(0x33, 'RopMoveCopyMessages', {
  input: ['folder'],
  destination: ['folder'],
  destinationOfAnyLogon: true,
  handles: 'source destination',
  writes: ['folder'],
  request: struct({ messageIds: array(u16, id), wantAsynchronous: bool8, wantCopy: bool8 }),
  response: partialCompletion,
  responseAlways: nothingPartial,
  responseOn: { [NULL_DESTINATION]: nullDestinationPartial },
  isAsynchronous: request => request.wantAsynchronous,
  execute(call, { messageIds, wantCopy }) {
    if (call.destination.type === 'search') throw new MapiError(ErrorCode.ecSearchFolder)
    const done = call.input.moveCopyMessages(
      call.destination,
      messageIds,
      { copy: wantCopy, watch: call.watch },
      call.actor
    )
    return chain(done, ({ partial }) => ({ partialCompletion: partial }))
  }
})
