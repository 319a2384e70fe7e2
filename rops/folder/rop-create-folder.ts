import {
  bool8,
  enumeration,
  id,
  optional,
  reserved,
  struct,
  u8,
  utf16OrString8z
} from '../../src/bufferstructs/index.js'
import { ErrorCode } from '../../src/oxcdata/error-code.js'
import { MapiError } from '../../src/oxcdata/map-error.js'
import { chain } from '../chain.js'
import { rop } from '../rop.js'
import { replicaServers } from '../wire-forms.js'

const folderType = enumeration(u8, { generic: 0x01, search: 0x02 })

/** [MS-OXCROPS] 2.2.4.2, [MS-OXCFOLD] 2.2.1.2, 3.2.5.2: creates a folder, or opens the one that has its name. */
export const RopCreateFolder = rop(0x1c, 'RopCreateFolder', {
  input: ['folder'],
  output: 'folder',
  writes: ['folder'],
  request: struct({
    folderType,
    useUnicodeStrings: bool8,
    openExisting: bool8,
    reserved: reserved(u8),
    displayName: utf16OrString8z('useUnicodeStrings'),
    comment: utf16OrString8z('useUnicodeStrings')
  }),
  response: struct({
    folderId: id,
    existing: optional(bool8, struct({ hasRules: bool8, ghost: optional(bool8, replicaServers) }))
  }),
  execute(call, { folderType: type, displayName, comment, openExisting }) {
    if (type !== folderType.names.generic && type !== folderType.names.search)
      throw new MapiError(ErrorCode.ecInvalidParam)
    if (displayName === '') throw new MapiError(ErrorCode.ecInvalidParam)
    if (type === folderType.names.search && call.logon.isPublic) throw new MapiError(ErrorCode.ecNotSupported)
    const spec = {
      type: type === folderType.names.search ? ('search' as const) : ('generic' as const),
      displayName,
      comment,
      openExisting
    }
    return chain(call.input.createFolder(spec, call.actor), ({ folder }) => {
      call.output('folder', folder)
      // IsExistingFolder is for public folders only (R1197), and even there zero (note <3>).
      return { folderId: folder.fid, existing: null }
    })
  }
})
