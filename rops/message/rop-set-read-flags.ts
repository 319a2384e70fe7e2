import { array, bool8, id, struct, u16 } from '../../src/bufferstructs/index.js'
import type { Actor, Folder } from '../../src/mailbox/domain.js'
import { TimeSlice } from '../../src/mailbox/time-slice.js'
import { ErrorCode } from '../../src/oxcdata/error-code.js'
import { MapiError } from '../../src/oxcdata/map-error.js'
import { rop } from '../rop.js'
import { nothingPartial, partialCompletion } from '../wire-forms.js'
import { readFlags } from './read-flags.js'

/** Sets the read state of one message; false when that could not be done. */
async function setReadFlag(
  folder: Folder,
  messageId: number,
  bits: number,
  codePage: number,
  actor: Actor
): Promise<boolean> {
  const options = { access: 'best' as const, softDeleted: false, codePage }
  try {
    const message = await folder.mailbox.openMessage(folder.fid, messageId, options, actor)
    try {
      await message.setReadFlag(bits, actor)
    } finally {
      message.release()
    }
    return true
  } catch (error) {
    if (error instanceof MapiError) return false
    throw error
  }
}

/** [MS-OXCROPS] 2.2.6.10, [MS-OXCMSG] 2.2.3.10, 3.2.5.10: changes the read state of messages of a folder. */
export const RopSetReadFlags = rop(0x66, 'RopSetReadFlags', {
  input: ['folder'],
  wrongKindError: ErrorCode.ecNullObject,
  writes: ['folder'],
  request: struct({ wantAsynchronous: bool8, readFlags, messageIds: array(u16, id) }),
  response: partialCompletion,
  responseAlways: nothingPartial,
  async execute(call, { readFlags: bits, messageIds }) {
    let partial = false
    const slice = new TimeSlice(call.runtime)
    for (const messageId of messageIds) {
      const done = await setReadFlag(call.input, messageId, bits, call.session.codePage, call.actor)
      if (!done) partial = true
      if (slice.isDue) await slice.pause()
    }
    return { partialCompletion: partial && !call.personality.readFlagsNeverPartial }
  }
})
