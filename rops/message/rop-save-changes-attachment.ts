import { empty, flags, struct, u8 } from '../../src/bufferstructs/index.js'
import { ErrorCode } from '../../src/oxcdata/error-code.js'
import { MapiError } from '../../src/oxcdata/map-error.js'
import { chain } from '../chain.js'
import { rop } from '../rop.js'

const saveFlags = flags(u8, { keepOpenReadOnly: 0x01, keepOpenReadWrite: 0x02, forceSave: 0x04, delayedCall: 0x08 })

/** [MS-OXCROPS] 2.2.6.15, [MS-OXCMSG] 2.2.3.15, 3.2.5.14: puts an open attachment into its open message. */
export const RopSaveChangesAttachment = rop(0x25, 'RopSaveChangesAttachment', {
  input: ['attachment'],
  handles: 'response input',
  request: struct({
    saveFlags
  }),
  response: empty,
  execute(call, { saveFlags: bits }) {
    const { names } = saveFlags
    const both = names.keepOpenReadOnly | names.keepOpenReadWrite
    // To be kept open for reading only and for writing too is no supported combination (R466).
    if ((bits & both) === both) throw new MapiError(ErrorCode.ecNotSupported)
    const writable =
      (bits & (names.keepOpenReadWrite | names.forceSave)) !== 0 || call.personality.keepOpenReadOnlyIsIgnored
    const keepOpen = writable ? 'readWrite' : (bits & names.keepOpenReadOnly) !== 0 ? 'readOnly' : 'no'
    return chain(call.input.save({ keepOpen }, call.actor), () => ({}))
  }
})
