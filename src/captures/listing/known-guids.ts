import {
  muidContactAddressBook,
  muidEmsab,
  muidOneOff,
  muidPublicFolders,
  muidStorePrivate,
  muidStorePublic,
  muidStoreWrap,
  muidWrapped
} from '../../oxcdata/entry-id.js'

/** GUIDs that the documents name, beside those of property sets. */
export const knownGuids: Readonly<Record<string, string>> = {
  '00000000-0000-0000-0000-000000000000': 'none',
  [muidEmsab]: 'muidEMSAB',
  [muidOneOff]: 'MAPI_ONE_OFF_UID',
  [muidStoreWrap]: 'muidStoreWrap',
  [muidStorePrivate]: 'muidStorePrivate',
  [muidStorePublic]: 'muidStorePublic',
  [muidPublicFolders]: 'muidPublicFolders',
  [muidContactAddressBook]: 'muidContabDLL',
  [muidWrapped]: 'muidWrapped'
}
