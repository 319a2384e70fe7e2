import { array, empty, struct, u32 } from '../../src/bufferstructs/index.js'
import { ErrorCode } from '../../src/oxcdata/error-code.js'
import { MapiError } from '../../src/oxcdata/map-error.js'
import { PtypString, PtypTime } from '../../src/oxcdata/property-type.js'
import { encodeValue } from '../../src/oxcdata/property-value.js'
import { rop } from '../rop.js'
import { idBytes } from './id-bytes.js'
import { receiveFolderRow } from './logon-forms.js'

/** [MS-OXCROPS] 2.2.3.4, [MS-OXCSTOR] 2.2.1.4, 3.2.5.4: lists where messages of which class are delivered. */
export const RopGetReceiveFolderTable = rop(0x68, 'RopGetReceiveFolderTable', {
  input: ['logon'],
  request: empty,
  response: struct({ rows: array(u32, receiveFolderRow) }),
  execute(call) {
    if (call.logon.isPublic) throw new MapiError(ErrorCode.ecNotSupported)
    const rows = call.mailbox.receiveFolders(call.actor)
    if (rows.length === 0) throw new MapiError(ErrorCode.ecNoReceiveFolder)
    return {
      rows: rows.map(({ folderId, messageClass, lastModificationTime }) => [
        idBytes(folderId),
        encodeValue(PtypString, messageClass),
        encodeValue(PtypTime, lastModificationTime)
      ])
    }
  }
})
