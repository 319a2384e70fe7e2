/** A folder of somebody else's, with what lies in it, and Bob who has some rights on it. */
import { RopOpenFolder } from '../../../rops/folder/rop-open-folder.js'
import { RopOpenMessage } from '../../../rops/message/rop-open-message.js'
import type { Actor } from '../../../src/mailbox/domain.js'
import type { StoreFolder } from '../../../src/mailbox/folders/folder.js'
import { specialFid } from '../../../src/mailbox/folders/special-folders.js'
import type { MailboxCore } from '../../../src/mailbox/mailbox-core.js'
import { OWNER_RIGHTS, Right } from '../../../src/mailbox/permissions/rights.js'
import { publicFid } from '../../../src/mailbox/public-store/public-folders.js'
import type { Fid, Mid } from '../../../src/oxcdata/ids.js'
import { bob, type RealClient } from './real-driver.js'

/** What a ROP came to, in the words of the matrix; an error that the matrix does not know stands as a number. */
export type Verdict = 'ok' | 'partial' | 'denied' | 'hidden' | number

const VERDICTS = new Map<number, Verdict>([
  [0x80070005, 'denied'],
  [0x8004010f, 'hidden']
])

interface Answer {
  readonly returnValue: number
  readonly value?: unknown
}

export function verdictOf({ returnValue, value }: Answer): Verdict {
  const isPartial = (value as { partialCompletion?: boolean } | undefined)?.partialCompletion === true
  if (returnValue === 0) return isPartial ? 'partial' : 'ok'
  return VERDICTS.get(returnValue) ?? returnValue
}

export class Scene {
  /** Handle of what a row opened while Bob had every right. */
  earlier = 0

  private constructor(
    readonly bob: RealClient,
    readonly core: MailboxCore,
    /** The folder that the rights are about, which Bob opened while he had all of them. */
    readonly node: StoreFolder,
    readonly folder: number,
    readonly child: StoreFolder,
    /** A message of the owner's and one that Bob made, each with an attachment. */
    readonly hers: Mid,
    readonly own: Mid,
    /** A folder where Bob may do anything, with a folder and a message in it. */
    readonly placeNode: StoreFolder,
    readonly place: number
  ) {}

  /** `name` is one that no other scene of the mailbox has. */
  static async set(bobs: RealClient, core: MailboxCore, name: string): Promise<Scene> {
    const top = core.storeKind === 'public' ? publicFid('ipmSubtree') : specialFid('ipmSubtree')
    const root = core.openFolder(top, {}, core.owner)
    const node = await below(root, name)
    const child = await below(node, 'Child')
    const placeNode = await below(root, `${name} place`)
    const hers = await message(core, node.fid, core.owner)
    const own = await message(core, node.fid, bob)
    const [folder, place] = [await handleOf(bobs, node.fid), await handleOf(bobs, placeNode.fid)]
    return new Scene(bobs, core, node, folder, child, hers, own, placeNode, place)
  }

  /** From now on Bob has these rights, and no others, on the folder and the one below it. */
  async grant(rights: number): Promise<void> {
    for (const node of [this.node, this.child]) await give(node, rights)
  }

  get folderId(): Fid {
    return this.node.fid
  }

  get childId(): Fid {
    return this.child.fid
  }

  /** A folder and a message of Bob's own. */
  async below(): Promise<Fid> {
    return (await below(this.placeNode, 'Mine')).fid
  }

  message(): Promise<Mid> {
    return message(this.core, this.placeNode.fid, bob)
  }

  /** A search folder of the owner's beside the child, with every right for Bob; gives its handle. */
  async search(): Promise<{ node: StoreFolder; handle: number }> {
    const node = await below(this.node, 'Search', 'search')
    await node.setSearchCriteria(
      { restriction: { kind: 'exist', tag: 0x001a001f }, scope: [this.folderId], flags: 2 },
      this.core.owner
    )
    return { node, handle: await handleOf(this.bob, node.fid) }
  }

  open(messageId: Mid, openModeFlags: number) {
    const request = { codePageId: 0x0fff, folderId: this.folderId, openModeFlags, messageId }
    return this.bob.call(RopOpenMessage, request)
  }
}

export async function give(node: StoreFolder, rights: number): Promise<void> {
  await node.setPermissions([{ who: { guid: bob.guid }, rights }], {}, node.core.owner)
}

async function below(parent: StoreFolder, displayName: string, type: 'generic' | 'search' = 'generic') {
  const spec = { type, displayName, comment: '', openExisting: false } as const
  const { folder } = await parent.createFolder(spec, parent.core.owner)
  await give(folder, OWNER_RIGHTS)
  return folder
}

async function message(core: MailboxCore, fid: Fid, actor: Actor): Promise<Mid> {
  const made = core.createMessage(fid, { associated: false, codePage: 1252 }, actor)
  const attachment = await made.createAttachment(actor)
  await attachment.save({ keepOpen: 'no' }, actor)
  return made.save({ force: false, keepOpen: 'no' }, actor)
}

async function handleOf(client: RealClient, folderId: Fid): Promise<number> {
  const { returnValue, handle } = await client.call(RopOpenFolder, { folderId, openModeFlags: 0 })
  if (returnValue !== 0) throw new Error(`not opened: ${returnValue.toString(16)}`)
  return handle
}

/** With what FolderOwner brings along ([MS-OXCPERM] 2.2.7). */
export function effective(rights: number): number {
  return (rights & Right.folderOwner) === 0 ? rights : rights | Right.folderVisible | Right.createSubfolder
}
