import { empty, struct } from '../../src/bufferstructs/index.js'
import { rop } from '../rop.js'
import { tableStatus } from '../wire-forms.js'

/** [MS-OXCROPS] 2.2.5.6, [MS-OXCTABL] 2.2.2.7, 3.2.5.7: tells whether an operation on a table still runs. */
export const RopGetStatus = rop(0x16, 'RopGetStatus', {
  input: ['table'],
  request: empty,
  response: struct({ tableStatus }),
  execute() {
    // Operations on tables are never asynchronous (R604).
    return { tableStatus: tableStatus.names.complete }
  }
})
