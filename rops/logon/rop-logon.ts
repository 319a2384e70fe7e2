import { ascii16, flags, struct, u32 } from '../../src/bufferstructs/index.js'
import { rop } from '../rop.js'
import { logonFlags, logonRedirect, logonResponse, WRONG_SERVER } from './logon-forms.js'

/** [MS-OXCROPS] 2.2.3.1, [MS-OXCSTOR] 2.2.1.1, 3.2.5.1: opens a mailbox or the public folders. */
export const RopLogon = rop(0xfe, 'RopLogon', {
  input: [],
  output: 'logon',
  handles: 'output',
  request: struct({
    logonFlags,
    openFlags: flags(u32, {
      useAdminPrivilege: 0x1,
      public: 0x2,
      homeLogon: 0x4,
      takeOwnership: 0x8,
      alternateServer: 0x100,
      ignoreHomeMdb: 0x200,
      noMail: 0x400,
      usePerMdbReplidMapping: 0x01000000,
      supportProgress: 0x20000000
    }),
    storeState: u32,
    essdn: ascii16
  }),
  response: logonResponse,
  responseOn: { [WRONG_SERVER]: logonRedirect }
})
