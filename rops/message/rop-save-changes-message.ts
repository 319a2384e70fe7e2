import { flags, id, struct, u8 } from '../../src/bufferstructs/index.js'
import type { Message } from '../../src/mailbox/domain.js'
import { ErrorCode } from '../../src/oxcdata/error-code.js'
import { MapiError } from '../../src/oxcdata/map-error.js'
import type { Personality } from '../../src/personality.js'
import { rop } from '../rop.js'

const saveFlags = flags(u8, { keepOpenReadOnly: 0x01, keepOpenReadWrite: 0x02, forceSave: 0x04, delayedCall: 0x08 })

/** How the message stays open ([MS-OXCMSG] 2.2.3.3.1). Undefined bits are ignored. */
function keepOpen(bits: number, personality: Personality): 'no' | 'readOnly' | 'readWrite' {
  const { names } = saveFlags
  if ((bits & (names.keepOpenReadWrite | names.forceSave)) !== 0) return 'readWrite'
  if (personality.keepOpenReadOnlyIsIgnored) return 'readWrite'
  return (bits & names.keepOpenReadOnly) !== 0 ? 'readOnly' : 'no'
}

/** A message opened for reading has nothing to save. */
function savedNothing(message: Message, personality: Personality): number {
  if (!personality.savingReadOnlySucceeds) throw new MapiError(ErrorCode.ecError)
  return message.mid
}

/** The message was saved through another handle in the meantime: what this one holds is lost, and the answer is a success or not. */
function lostConflict(error: unknown, message: Message, personality: Personality): number {
  const conflict = error instanceof MapiError && error.code === ErrorCode.ecObjectModified
  if (conflict && personality.saveConflictSucceeds) return message.mid
  throw error
}

/** [MS-OXCROPS] 2.2.6.3, [MS-OXCMSG] 2.2.3.3, 3.2.5.3: commits an open message. */
export const RopSaveChangesMessage = rop(0x0c, 'RopSaveChangesMessage', {
  input: ['message'],
  handles: 'response input',
  writes: ['message'],
  request: struct({
    saveFlags
  }),
  response: struct({ inputHandleIndex: u8, messageId: id }),
  execute(call, { saveFlags: bits }) {
    const { input: message, inputHandleIndex, personality } = call
    if (!message.writable) return { inputHandleIndex, messageId: savedNothing(message, personality) }
    const options = { force: (bits & saveFlags.names.forceSave) !== 0, keepOpen: keepOpen(bits, personality) }
    const done = (messageId: number) => ({ inputHandleIndex, messageId })
    try {
      const saved = message.save(options, call.actor)
      if (!(saved instanceof Promise)) return done(saved)
      return saved.then(done, error => done(lostConflict(error, message, personality)))
    } catch (error) {
      return done(lostConflict(error, message, personality))
    }
  }
})
