/** Public folders beside the mailboxes of Alice and Bob, and clients that log on to them. */
import { RopLogon } from '../../../rops/logon/rop-logon.js'
import type { PublicFolderStore } from '../../../rops/rop.js'
import type { Actor } from '../../../src/mailbox/domain.js'
import type { MailboxCore } from '../../../src/mailbox/mailbox-core.js'
import { permissionLevels } from '../../../src/mailbox/permissions/rights.js'
import { publicFid } from '../../../src/mailbox/public-store/public-folders.js'
import type { Fid } from '../../../src/oxcdata/ids.js'
import { Fixture, publicOwner } from '../../mailbox/mailbox-fixture.js'
import { alice, RealClient, type RealOptions } from './real-driver.js'

export const USE_PER_MDB_REPLID_MAPPING = 0x01000000
export const PUBLIC = 0x2

/** The server of the public folders, as its mailbox is named there. */
export const publicStore: PublicFolderStore = {
  legacyDn: publicOwner.legacyDn,
  serverDn: '/o=Ropewalk/ou=Group/cn=Configuration/cn=Servers/cn=9d1f6f0e-0000-4000-8000-000000000003@example.test'
}

export class PublicWorld {
  private constructor(
    readonly fixture: Fixture,
    public alices: MailboxCore,
    public bobs: MailboxCore,
    public folders: MailboxCore
  ) {}

  static async open(): Promise<PublicWorld> {
    const fixture = await Fixture.open()
    const folders = { number: 3, owner: publicOwner, localeId: 0x409, storeKind: 'public' } as const
    return new PublicWorld(
      fixture,
      await fixture.create(1),
      await fixture.create(2),
      await fixture.mailboxes.create(folders)
    )
  }

  find(legacyDn: string): MailboxCore | undefined {
    const dn = legacyDn.toLowerCase()
    return [this.alices, this.bobs, this.folders].find(({ owner }) => owner.legacyDn.toLowerCase() === dn)
  }

  /** Loses everything in memory and opens what is on disk. */
  async restart(): Promise<void> {
    this.alices = await this.fixture.restart(1)
    this.bobs = (await this.fixture.mailboxes.find(2))!
    this.folders = (await this.fixture.mailboxes.find(3))!
  }

  /** A public folder that everybody may read and write into; `everybody` says otherwise. */
  async createFolder(displayName: string, everybody: number = permissionLevels.author): Promise<Fid> {
    const parent = this.folders.openFolder(publicFid('ipmSubtree'), {}, publicOwner)
    const spec = { type: 'generic', displayName, comment: '', openExisting: false } as const
    const { folder } = await parent.createFolder(spec, publicOwner)
    await folder.setPermissions([{ who: 'default', rights: everybody }], {}, publicOwner)
    return folder.fid
  }
}

type LogonRequest = Parameters<typeof RopLogon.request.write>[1]

export function logOnTo(client: RealClient, request: Partial<LogonRequest> = {}) {
  const publicRequest = { logonFlags: 0, openFlags: PUBLIC, storeState: 0, essdn: '' }
  return client.call(RopLogon, { ...publicRequest, ...request })
}

/** Connects somebody whose first logon, with handle 0, is that to the public folders. */
export async function publicClient(
  world: PublicWorld,
  actor: Actor = alice,
  options: Omit<RealOptions, 'world' | 'actor'> = {}
): Promise<RealClient> {
  const client = await connectTo(world, actor, options)
  const { returnValue } = await logOnTo(client)
  if (returnValue !== 0) throw new Error(`no logon: ${returnValue.toString(16)}`)
  return client
}

export function connectTo(
  world: PublicWorld,
  actor: Actor = alice,
  options: Omit<RealOptions, 'world' | 'actor'> = {}
): Promise<RealClient> {
  return RealClient.connect({ publicFolders: () => [publicStore], ...options, world, actor })
}
