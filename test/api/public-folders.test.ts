/** Public folders as a client finds them and works with them, through the whole server. */
import t from 'tap'
import { RopOpenFolder } from '../../rops/folder/rop-open-folder.js'
import { RopGetOwningServers } from '../../rops/logon/rop-get-owning-servers.js'
import { RopGetPropertiesSpecific } from '../../rops/property/rop-get-properties-specific.js'
import { RopBatch } from '../../src/client/rop-batch.js'
import { readAuxiliaryBuffer } from '../../src/emsmdb/auxiliary-buffer.js'
import { type RopewalkServer, startServer, type World } from '../../src/index.js'
import * as tags from '../../src/oxprops/property-tags.generated.js'
import { worldSchema } from '../../src/world/schema.js'
import { requirement } from '../conformance/ledger.js'
import { logOn, openAs } from './log-on.js'

const ecUnknownUser = 0x3eb
const ecLoginFailure = 0x80040111
const AUX_EXORGINFO = 0x17

function makeWorld(publicFolders: boolean): World {
  return worldSchema.parse({
    ropewalk: 1,
    name: 'folders',
    domain: 'folders.example',
    users: ['kim', 'lee'].map(name => ({ address: `${name}@folders.example`, name, password: 'secret' })),
    contacts: [{ address: 'pat@elsewhere.example', name: 'Pat' }],
    ...(publicFolders && {
      publicFolderMailbox: { address: 'pf@folders.example' },
      publicFolders: [{ path: 'News', messages: [{ subject: 'one' }, { subject: 'two' }] }]
    })
  })
}

async function start(publicFolders: boolean): Promise<RopewalkServer> {
  const server = await startServer({ memory: true, world: makeWorld(publicFolders), ports: 0, logLevel: 'silent' })
  t.teardown(() => server.stop())
  return server
}

t.test('a client finds the public folders and reads in them', async t => {
  const server = await start(true)
  const own = await openAs(server, 'kim@folders.example')
  const kim = own.mailbox!
  t.equal(kim.publicFolderAddress, 'pf@folders.example')
  const client = await openAs(server, 'kim@folders.example', kim.publicFolderAddress)
  const { auxiliary } = await client.connect(kim.legacyDn)
  const organization = readAuxiliaryBuffer(auxiliary).find(({ type }) => type === AUX_EXORGINFO)
  t.equal(organization!.payload[0] & 1, 1, 'PUBLIC_FOLDERS_ENABLED')
  const logon = await logOn(client, client.mailbox!.legacyDn, true)
  t.equal(logon.returnValue, 0, 'by the DN that Autodiscover tells')
  requirement('MS-OXCSTOR_R106')
  const { folderIds } = logon.value!
  const batch = new RopBatch([logon.handle], { publicLogon: true })
  const servers = batch.add(RopGetOwningServers, { input: 0 }, { folderId: folderIds[1] })
  const folder = batch.slot()
  batch.add(RopOpenFolder, { input: 0, output: folder }, { folderId: folderIds[1], openModeFlags: 0 })
  const propertyTags = [tags.PidTagSubfolders]
  const asked = { propertySizeLimit: 0, wantUnicode: true, propertyTags }
  const subfolders = batch.add(RopGetPropertiesSpecific, { input: folder }, asked)
  await client.execute(batch)
  const owner = server.directory.publicFolderMailbox()!
  t.same(servers.value!.servers, [server.directory.serverDn(owner)])
  t.match(servers.value!.servers[0], /\/cn=Configuration\/cn=Servers\/cn=[0-9a-f-]{36}@folders\.example$/)
  t.same(subfolders.value!.row, [Buffer.from([1])])
  const again = await logOn(client, servers.value!.servers[0], true)
  t.equal(again.returnValue, 0, 'and by the DN of the server')
  const store = (await server.mailboxes.find(owner.mailboxNumber))!
  const news = [...store.tree.all()].find(({ displayName }) => displayName === 'News')!
  const lee = server.directory.byAddress('lee@folders.example')!
  await store.loadReadState(lee)
  t.equal(store.readStates!.of(lee).unreadCount(news), 2, 'nobody has read what the world brought')
  own.close()
  client.close()
})

t.test('an organization without public folders gets them', async t => {
  const server = await start(false)
  const client = await openAs(server, 'kim@folders.example')
  t.equal(client.mailbox!.publicFolderAddress, undefined)
  const { auxiliary } = await client.connect()
  const organization = readAuxiliaryBuffer(auxiliary).find(({ type }) => type === AUX_EXORGINFO)
  t.equal(organization!.payload[0] & 1, 0)
  t.equal((await logOn(client, '', true)).returnValue, ecLoginFailure)
  await server.administration.addEntry({
    kind: 'publicFolderMailbox',
    address: 'pf@folders.example',
    name: 'Public Folders'
  })
  t.equal((await logOn(client, '', true)).returnValue, 0, 'the session finds them')
  client.close()
})

t.test('mailboxes that there are none of', async t => {
  const server = await start(false)
  const client = await openAs(server, 'kim@folders.example')
  await client.connect()
  const pat = server.directory.entryByAddress('pat@elsewhere.example')!
  t.equal((await logOn(client, pat.legacyDn)).returnValue, ecUnknownUser, 'a contact has none')
  requirement('MS-OXCSTOR_R59746')
  const lee = server.directory.byAddress('lee@folders.example')!
  const before = await openAs(server, 'kim@folders.example', lee.address)
  await before.connect(client.mailbox!.legacyDn)
  t.equal((await logOn(before, lee.legacyDn)).returnValue, 0)
  before.close()
  await server.administration.removeUser(lee.address)
  t.equal((await logOn(client, lee.legacyDn)).returnValue, ecUnknownUser, 'nor has one who has left')
  requirement('MS-OXCSTOR_R193')
  client.close()
})
