import { Writer } from '../bufferstructs/index.js'
import { PropertyBag } from '../oxcdata/property-bag.js'
import { makeTag } from '../oxcdata/property-tag.js'
import { PtypBinary, PtypMultipleBinary } from '../oxcdata/property-type.js'
import { joinElements } from '../oxcdata/property-value.js'
import { storedString } from '../oxcdata/stored-string.js'
import {
  PidTagAttributeHidden,
  PidTagContainerClass,
  PidTagCreationTime,
  PidTagDisplayName,
  PidTagLastModificationTime
} from '../oxprops/property-tags.generated.js'
import { type EntryIdSource, entryIdOfFolder } from './entry-ids.js'
import { specialFolderDisplayName } from './folders/folder-names.js'
import { FolderNode } from './folders/folder-node.js'
import {
  additionalRenFolders,
  identificationProperties,
  persistBlocks,
  specialFid,
  specialFolderRows
} from './folders/special-folders.js'
import { PermissionList } from './permissions/permission-list.js'
import { permissionLevels } from './permissions/rights.js'
import { bool, int64 } from './stored-values.js'

const ADDITIONAL_REN_ENTRY_IDS = 0x36d8
const ADDITIONAL_REN_ENTRY_IDS_EX = 0x36d9
const FREE_BUSY_ENTRY_IDS = 0x36e4
const NOTHING = new Uint8Array(0)

/**
 * The folders of a fresh mailbox, parents first, each with its properties and a change number of `takeCn`; Root and
 * Inbox carry the entry ids by which clients find the others ([MS-OXOSFLD] 2.2).
 */
export function freshFolders(
  mailbox: EntryIdSource & { localeId: number },
  time: bigint,
  takeCn: () => number
): FolderNode[] {
  return specialFolderRows.map(([name, { parent, type, containerClass, hidden }]) => {
    const bag = new PropertyBag()
    bag.set(PidTagDisplayName, storedString(specialFolderDisplayName(name, mailbox.localeId)))
    if (containerClass !== '') bag.set(PidTagContainerClass, storedString(containerClass))
    bag.set(PidTagAttributeHidden, bool(hidden === true))
    bag.set(PidTagCreationTime, int64(time))
    bag.set(PidTagLastModificationTime, int64(time))
    if (name === 'root' || name === 'inbox') setIdentification(bag, mailbox)
    const node = new FolderNode(specialFid(name), parent === null ? 0 : specialFid(parent), type, false, takeCn(), bag)
    // Everybody sees when somebody is busy, as Exchange has it for a new calendar.
    if (name === 'calendar')
      node.loadPermissions(PermissionList.of(permissionLevels.freeBusySimple).members.slice(0, 1))
    return node
  })
}

/** The identification properties that stand on both Root and Inbox. */
function setIdentification(bag: PropertyBag, mailbox: EntryIdSource): void {
  for (const [id, folder] of identificationProperties) {
    bag.put(id, PtypBinary, entryIdOfFolder(mailbox, specialFid(folder)))
  }
  const additional = additionalRenFolders.map(folder => entryIdOfFolder(mailbox, specialFid(folder)))
  bag.set(makeTag(ADDITIONAL_REN_ENTRY_IDS, PtypMultipleBinary), joinElements(PtypBinary, additional))
  bag.put(ADDITIONAL_REN_ENTRY_IDS_EX, PtypBinary, persistData(mailbox))
  // The second place is that of the delegate information message, which a client makes ([MS-OXOSFLD] 2.2.6).
  const freeBusy = [NOTHING, NOTHING, NOTHING, entryIdOfFolder(mailbox, specialFid('freebusyData'))]
  bag.set(makeTag(FREE_BUSY_ENTRY_IDS, PtypMultipleBinary), joinElements(PtypBinary, freeBusy))
}

const ELEMENT_ENTRY_ID = 0x0001

/** PersistData blocks of PidTagAdditionalRenEntryIdsEx, with the sentinel that ends them ([MS-OXOSFLD] 2.2.5). */
export function persistData(mailbox: EntryIdSource): Uint8Array {
  const writer = new Writer(512)
  for (const [persistId, folder] of persistBlocks) {
    const entryId = entryIdOfFolder(mailbox, specialFid(folder))
    writer.u16(persistId)
    writer.u16(4 + entryId.byteLength)
    writer.u16(ELEMENT_ENTRY_ID)
    writer.u16(entryId.byteLength)
    writer.copy(entryId)
  }
  writer.u16(0)
  writer.u16(0)
  return writer.written()
}
