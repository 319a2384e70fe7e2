import { enumeration, struct, u8, u32 } from '../../src/bufferstructs/index.js'
import type { Stream, StreamMode } from '../../src/mailbox/domain.js'
import { ErrorCode } from '../../src/oxcdata/error-code.js'
import { MapiError } from '../../src/oxcdata/map-error.js'
import { propertyTag, tagType } from '../../src/oxcdata/property-tag.js'
import { PtypBinary, PtypObject, PtypString, PtypString8 } from '../../src/oxcdata/property-type.js'
import { chain } from '../chain.js'
import { rop } from '../rop.js'

const openModeFlags = enumeration(u8, { readOnly: 0x00, readWrite: 0x01, create: 0x02, bestAccess: 0x03 })
const STREAMED: readonly number[] = [PtypBinary, PtypObject, PtypString, PtypString8]
const MODES: readonly (StreamMode | undefined)[] = ['read', 'readWrite', 'create']

/** [MS-OXCROPS] 2.2.9.1, [MS-OXCPRPT] 2.2.14, 3.2.5.11: opens a property as a stream. */
export const RopOpenStream = rop(0x2b, 'RopOpenStream', {
  input: ['folder', 'message', 'attachment'],
  output: 'stream',
  request: struct({
    propertyTag,
    openModeFlags
  }),
  response: struct({ streamSize: u32 }),
  execute(call, { propertyTag: tag, openModeFlags: mode }) {
    const { input: object, actor } = call
    const type = tagType(tag)
    const supported = object.kind === 'folder' ? type === PtypBinary : STREAMED.includes(type)
    if (!supported) throw new MapiError(ErrorCode.ecNotSupported)
    if (call.logon.isPublic && mode !== openModeFlags.names.readOnly) throw new MapiError(ErrorCode.ecNotSupported)
    const known = MODES[mode]
    const best = object.kind !== 'folder' && !object.writable ? 'read' : 'readWrite'
    if (known === undefined && mode !== openModeFlags.names.bestAccess) throw new MapiError(ErrorCode.ecInvalidParam)
    return chain<Stream, { streamSize: number }>(object.openStream(tag, known ?? best, actor), stream => {
      call.output('stream', stream)
      return { streamSize: stream.size }
    })
  }
})
