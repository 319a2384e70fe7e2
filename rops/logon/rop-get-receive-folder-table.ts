import { array, empty, struct, u32 } from '../../src/bufferstructs/index.js'
import { rop } from '../rop.js'
import { receiveFolderRow } from './logon-forms.js'

/** [MS-OXCROPS] 2.2.3.4, [MS-OXCSTOR] 2.2.1.4, 3.2.5.4: lists where messages of which class are delivered. */
export const RopGetReceiveFolderTable = rop(0x68, 'RopGetReceiveFolderTable', {
  input: ['logon'],
  request: empty,
  response: struct({ rows: array(u32, receiveFolderRow) })
})
