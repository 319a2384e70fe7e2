import { formatId } from './format-id.js'

/** What a handle stands for, as far as the exchanges so far tell. */
export interface SessionObject {
  /** A kind of rops/rop.ts, or `object` when it was not seen being opened. */
  kind: string
  /** For people: `folder Inbox`. */
  label: string
  /** Of a table: the columns of its rows, once they are set. */
  columns?: readonly number[]
  /** Of a message: the columns of its recipients. */
  recipientColumns?: readonly number[]
  /** Of a folder, or of the folder that a table shows. */
  folderId?: number
}

const DEFAULT_CODE_PAGE = 1252
/** Names and objects that a session may teach: a recording that has more teaches nothing new. */
const MOST_REMEMBERED = 100_000

/**
 * What the exchanges of a session teach for reading later ones: what handles stand for, the columns of tables, the names of
 * folders and of named properties.
 */
export class SessionMemory {
  codePage = DEFAULT_CODE_PAGE
  private readonly objects = new Map<number, SessionObject>()
  private readonly publicLogons = new Map<number, boolean>()
  private readonly folders = new Map<number, string>()
  private readonly properties = new Map<number, string>()

  /** The object behind a handle; one that nobody saw being opened is remembered from its first use on. */
  object(handle: number): SessionObject {
    const known = this.objects.get(handle)
    if (known !== undefined) return known
    const fresh = { kind: 'object', label: `object 0x${handle.toString(16)}` }
    remember(this.objects, handle, fresh)
    return fresh
  }

  knows(handle: number): boolean {
    return this.objects.has(handle)
  }

  bind(handle: number, object: SessionObject): void {
    remember(this.objects, handle, object)
  }

  release(handle: number): void {
    this.objects.delete(handle)
  }

  /** A new session on the same connection: handles mean nothing any more. */
  forgetHandles(): void {
    this.objects.clear()
    this.publicLogons.clear()
  }

  logOn(logonId: number, isPublic: boolean): void {
    this.publicLogons.set(logonId, isPublic)
  }

  isPublicLogon(logonId: number): boolean {
    return this.publicLogons.get(logonId) ?? false
  }

  nameFolder(folderId: number, name: string): void {
    remember(this.folders, folderId, name)
  }

  folderName(folderId: number): string | undefined {
    return this.folders.get(folderId)
  }

  /** A folder for people: its name if it is known, else its id. */
  folderLabel(folderId: number): string {
    return this.folders.get(folderId) ?? formatId(folderId)
  }

  nameProperty(propertyId: number, name: string): void {
    remember(this.properties, propertyId, name)
  }

  propertyName(propertyId: number): string | undefined {
    return this.properties.get(propertyId)
  }
}

function remember<T>(map: Map<number, T>, key: number, value: T): void {
  if (map.size < MOST_REMEMBERED || map.has(key)) map.set(key, value)
}
