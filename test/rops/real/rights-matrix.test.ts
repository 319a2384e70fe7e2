/**
 * Every ROP that touches somebody else's folder, with every right and without ([MS-OXCPERM] 2.2.7, 3.2.4.1): what the rights
 * do not allow is refused, and who may not see a folder does not learn that it exists.
 */
import t, { type Test as TapTest } from 'tap'
import { RopCopyFolder } from '../../../rops/folder/rop-copy-folder.js'
import { RopDeleteFolder } from '../../../rops/folder/rop-delete-folder.js'
import { RopMoveFolder } from '../../../rops/folder/rop-move-folder.js'
import { RopOpenFolder } from '../../../rops/folder/rop-open-folder.js'
import { allRops } from '../../../rops/index.js'
import { RopGetOwningServers } from '../../../rops/logon/rop-get-owning-servers.js'
import { RopPublicFolderIsGhosted } from '../../../rops/logon/rop-public-folder-is-ghosted.js'
import { RopCreateMessage } from '../../../rops/message/rop-create-message.js'
import { RopOpenMessage } from '../../../rops/message/rop-open-message.js'
import { RopBatch } from '../../../src/client/rop-batch.js'
import { permissionLevels, Right } from '../../../src/mailbox/permissions/rights.js'
import { makeId } from '../../../src/oxcdata/ids.js'
import { requirement } from '../../conformance/ledger.js'
import { PublicWorld, publicClient } from './public-world.js'
import { bob, RealClient, RealWorld, rawAnswer } from './real-driver.js'
import { type RightsRow, rightsRows, withoutRights } from './rights-rows.js'
import { Scene } from './rights-scene.js'

/** Nothing; each right alone and with those of a reader; the levels that have most of them. */
const grants = new Map<string, number>([
  ['none', 0],
  ...Object.entries(Right).map(([name, bit]) => [name, bit] as const),
  ...(['create', 'editOwned', 'editAny', 'deleteOwned', 'deleteAny', 'createSubfolder', 'folderOwner'] as const).map(
    name => [`reader and ${name}`, permissionLevels.reviewer | Right[name]] as const
  ),
  ...(['reviewer', 'author', 'publishingEditor', 'owner'] as const).map(name => [name, permissionLevels[name]] as const)
])

type Connect = () => Promise<RealClient>

async function hold(t: TapTest, row: RightsRow, connect: Connect, core: Scene['core'], prefix: string): Promise<void> {
  const client = await connect()
  const wrong: string[] = []
  let scene: Scene | undefined
  for (const [name, rights] of grants) {
    scene ??= await Scene.set(client, core, `${prefix} ${name}`)
    await row.before?.(scene, rights)
    await scene.grant(rights)
    const [found, wanted] = [await row.run(scene), row.verdict(rights)]
    if (found !== wanted)
      wrong.push(`${name}: ${typeof found === 'number' ? found.toString(16) : found}, not ${wanted}`)
    // What was refused has changed nothing, so that the next rights may meet the same things.
    if (row.before !== undefined || found === 'ok' || found === 'partial') scene = undefined
  }
  t.same(wrong, [], `${row.rop} ${row.on}`)
}

const rowsOf = (kind: 'private' | 'public') => rightsRows.filter(({ only }) => only === undefined || only === kind)

t.test('every ROP is in the matrix, or needs no right', async t => {
  const executed = allRops.filter(rop => (rop.execute ?? rop.stream) !== undefined || rop.noResponse === true)
  const inMatrix = new Set(rightsRows.map(({ rop }) => rop))
  const missing = executed.filter(({ name }) => !inMatrix.has(name) && !withoutRights.has(name))
  t.same(
    missing.map(({ name }) => name),
    []
  )
  const known = new Set(executed.map(({ name }) => name))
  t.same(
    [...inMatrix, ...withoutRights.keys()].filter(name => !known.has(name)),
    [],
    'no row speaks of a ROP that is not executed'
  )
  t.same(
    [...withoutRights.keys()].filter(name => inMatrix.has(name)),
    []
  )
})

t.test('in a mailbox', async t => {
  const world = await RealWorld.open()
  for (const [at, row] of rowsOf('private').entries()) {
    await hold(t, row, () => RealClient.connect({ world, actor: bob }).then(logOn), world.alices, `P${at}`)
  }
  requirement('MS-OXCPERM_R173', 'MS-OXCPERM_R1192')
})

async function logOn(client: RealClient): Promise<RealClient> {
  const { returnValue } = await client.driver.logOn()
  if (returnValue !== 0) throw new Error(`no logon: ${returnValue.toString(16)}`)
  return client
}

t.test('among public folders', async t => {
  const world = await PublicWorld.open()
  for (const [at, row] of rowsOf('public').entries()) {
    await hold(t, row, () => publicClient(world, bob), world.folders, `P${at}`)
  }
})

/** What is on the wire about an id: the same for a folder that is not seen as for one that was never there. */
t.test('a folder that is not seen is as one that is not there', async t => {
  const world = await PublicWorld.open()
  const hidden = makeId(1, 0x7fffff00)
  const stores = [
    ['a mailbox', await RealClient.connect({ world, actor: bob }).then(logOn), world.alices],
    ['public folders', await publicClient(world, bob), world.folders]
  ] as const
  for (const [where, client, core] of stores) {
    const scene = await Scene.set(client, core, 'Hidden')
    await scene.grant(0)
    const { folderId, childId, hers, own } = scene
    const place = { wantAsynchronous: false, useUnicode: true, newFolderName: 'Moved' }
    const opening = { codePageId: 0x0fff, openModeFlags: 0 }
    const asked: [name: string, ask: (batch: RopBatch, id: number) => void][] = [
      [
        'RopOpenFolder',
        (batch, id) => batch.add(RopOpenFolder, { input: 0, output: 3 }, { folderId: id, openModeFlags: 0 })
      ],
      [
        'soft-deleted',
        (batch, id) => batch.add(RopOpenFolder, { input: 0, output: 3 }, { folderId: id, openModeFlags: 4 })
      ],
      ...[hers, own, hidden].map((messageId): (typeof asked)[number] => [
        'RopOpenMessage',
        (batch, id) => batch.add(RopOpenMessage, { input: 0, output: 3 }, { ...opening, folderId: id, messageId })
      ]),
      [
        'RopCreateMessage',
        (batch, id) =>
          batch.add(
            RopCreateMessage,
            { input: 0, output: 3 },
            { codePageId: 0x0fff, folderId: id, associatedFlag: false }
          )
      ],
      [
        'RopDeleteFolder',
        (batch, id) => batch.add(RopDeleteFolder, { input: 1 }, { deleteFolderFlags: 5, folderId: id })
      ],
      [
        'RopMoveFolder',
        (batch, id) => batch.add(RopMoveFolder, { source: 1, destination: 2 }, { ...place, folderId: id })
      ],
      [
        'RopCopyFolder',
        (batch, id) =>
          batch.add(RopCopyFolder, { source: 1, destination: 2 }, { ...place, wantRecursive: true, folderId: id })
      ],
      ['RopGetOwningServers', (batch, id) => batch.add(RopGetOwningServers, { input: 0 }, { folderId: id })],
      ['RopPublicFolderIsGhosted', (batch, id) => batch.add(RopPublicFolderIsGhosted, { input: 0 }, { folderId: id })]
    ]
    // The folder that holds the hidden ones is seen; a hidden child of it, and a folder elsewhere, are asked for.
    const parent = await client.folder(scene.placeNode.fid)
    const inside = await scene.below()
    const node = core.openFolder(inside, {}, core.owner)
    await node.setPermissions([{ who: { guid: bob.guid }, rights: 0 }], {}, core.owner)
    for (const [name, ask] of asked) {
      const answer = async (id: number) => {
        const batch = new RopBatch([0, parent, scene.place])
        ask(batch, id)
        return (await rawAnswer(client, batch)).toString('hex')
      }
      const never = await answer(hidden)
      for (const id of [folderId, childId, inside]) t.equal(await answer(id), never, `${name}, ${where}`)
    }
  }
})
