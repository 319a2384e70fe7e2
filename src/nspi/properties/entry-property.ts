import type { DirectoryEntry } from '../../directory/index.js'
import type { PropertyTag } from '../../oxcdata/property-tag.js'
import type { PropertyView } from './property-view.js'

/** A property of entries ([MS-OXOABK] 2.2): how its value in stored form is found. */
export interface EntryProperty {
  /** With the type that the property has natively ([MS-OXNSPI] 3.1.4.3.1). */
  readonly tag: PropertyTag
  read(entry: DirectoryEntry, view: PropertyView): Uint8Array | undefined
  /**
   * Entries that the property refers to, for those that are tables (PtypEmbeddedTable, [MS-OXNSPI] 2.2.1.1). Clients that ask for
   * text get their DNs.
   */
  links?(entry: DirectoryEntry, view: PropertyView): readonly DirectoryEntry[]
  /** The first value is a property of its own, of the single type. */
  readonly alsoSingle?: boolean
}
