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
import { rop } from '../rop.js'
import { replicaServers } from '../wire-forms.js'

/** [MS-OXCROPS] 2.2.4.2, [MS-OXCFOLD] 2.2.1.2, 3.2.5.2: creates a folder, or opens the one that has its name. */
export const RopCreateFolder = rop(0x1c, 'RopCreateFolder', {
  input: ['folder'],
  output: 'folder',
  writes: ['folder'],
  request: struct({
    folderType: enumeration(u8, { generic: 0x01, search: 0x02 }),
    useUnicodeStrings: bool8,
    openExisting: bool8,
    reserved: reserved(u8),
    displayName: utf16OrString8z('useUnicodeStrings'),
    comment: utf16OrString8z('useUnicodeStrings')
  }),
  response: struct({
    folderId: id,
    existing: optional(bool8, struct({ hasRules: bool8, ghost: optional(bool8, replicaServers) }))
  })
})
