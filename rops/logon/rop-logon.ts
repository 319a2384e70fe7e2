import { rop } from '../rop.js'
import { logOn } from './log-on.js'
import { logonRedirect, logonRequest, logonResponse, WRONG_SERVER } from './logon-forms.js'

/** [MS-OXCROPS] 2.2.3.1, [MS-OXCSTOR] 2.2.1.1, 3.2.5.1: opens a mailbox or the public folders. */
export const RopLogon = rop(0xfe, 'RopLogon', {
  input: [],
  output: 'logon',
  handles: 'output',
  request: logonRequest,
  response: logonResponse,
  responseOn: { [WRONG_SERVER]: logonRedirect },
  execute(call, request) {
    return logOn(call, request)
  }
})
