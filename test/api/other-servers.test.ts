/** Mailboxes that another server has, and sessions that came by the name of another mailbox, through the whole server. */
import t from 'tap'
import { MapiHttpError } from '../../src/client/mapi-client.js'
import { NO_HANDLE } from '../../src/client/rop-batch.js'
import { parseEntry, writeEntry } from '../../src/directory/directory-records.js'
import { type RopewalkServer, startServer, type World } from '../../src/index.js'
import { DeliveryRefused } from '../../src/transport/delivery-refused.js'
import { worldSchema } from '../../src/world/schema.js'
import { requirement } from '../conformance/ledger.js'
import { logOn, openAs } from './log-on.js'

const ecWrongServer = 0x478
const HOME = 'mail2.homes.example'

function makeWorld(): World {
  const user = (name: string, more: object = {}) => ({
    ...{ address: `${name}@homes.example`, name, password: 'secret', ...more }
  })
  return worldSchema.parse({
    ...{ ropewalk: 1, name: 'homes', domain: 'homes.example' },
    users: [
      user('kim', { opens: ['sam@homes.example', 'lee@homes.example'] }),
      user('lee', { homeServer: HOME }),
      user('sam')
    ],
    publicFolderMailbox: { address: 'pf@homes.example', homeServer: `${HOME}:8443` }
  })
}

async function start(more: object = {}): Promise<RopewalkServer> {
  const server = await startServer({ memory: true, world: makeWorld(), ports: 0, logLevel: 'silent', ...more })
  t.teardown(() => server.stop())
  return server
}

async function autodiscover(server: RopewalkServer, address: string, name = 'kim'): Promise<string> {
  const schemas = 'http://schemas.microsoft.com/exchange/autodiscover/outlook'
  const response = await fetch(`${server.urls.http}/autodiscover/autodiscover.xml`, {
    method: 'POST',
    headers: {
      Authorization: `Basic ${Buffer.from(`${name}@homes.example:secret`).toString('base64')}`,
      'Content-Type': 'text/xml',
      'X-MapiHttpCapability': '1'
    },
    body: `<Autodiscover xmlns="${schemas}/requestschema/2006"><Request><EMailAddress>${address}</EMailAddress>
      <AcceptableResponseSchema>${schemas}/responseschema/2006a</AcceptableResponseSchema></Request></Autodiscover>`
  })
  return response.text()
}

t.test('a mailbox that another server has', async t => {
  const server = await start()
  const { directory } = server
  const [kim, lee] = ['kim', 'lee'].map(name => directory.byAddress(`${name}@homes.example`)!)
  const client = await openAs(server, 'kim@homes.example')
  await client.connect()
  t.equal((await logOn(client, kim.legacyDn)).returnValue, 0)
  const elsewhere = await logOn(client, lee.legacyDn)
  t.same(elsewhere, {
    handle: NO_HANDLE,
    returnValue: ecWrongServer,
    value: { logonFlags: 1, serverName: directory.serverDn(lee) }
  })
  requirement('MS-OXCSTOR_R790', 'MS-OXCSTOR_R114')
  const folders = await logOn(client, '', true)
  const mailbox = directory.publicFolderMailbox()!
  t.same(folders, {
    handle: NO_HANDLE,
    returnValue: ecWrongServer,
    value: { logonFlags: 0, serverName: directory.serverDn(mailbox) }
  })
  requirement('MS-OXCSTOR_R1222')
  client.close()

  const message = { from: { name: '', address: 'x@y.example' }, subject: 'x' }
  await t.rejects(server.delivery.deliver(message as never, lee), DeliveryRefused)
  await t.rejects(server.delivery.deliver(message as never, lee), { reason: 'elsewhere', code: ecWrongServer })

  const answer = await autodiscover(server, lee.address)
  t.match(answer, `<Action>redirectUrl</Action>`)
  t.match(answer, `<RedirectUrl>https://${HOME}/autodiscover/autodiscover.xml</RedirectUrl>`)
  t.notMatch(answer, 'LegacyDN', 'and nothing else')
  const own = await autodiscover(server, kim.address)
  t.match(own, '<Action>settings</Action>')
  t.match(own, '<SmtpAddress>pf@homes.example</SmtpAddress>')
  t.match(await autodiscover(server, mailbox.address), `<RedirectUrl>https://${HOME}:8443/autodiscover/`)
})

t.test('the URL of a mailbox that another server has', async t => {
  const server = await start()
  const lee = server.directory.byAddress('lee@homes.example')!
  const target = `/mapi/emsmdb/?MailboxId=${lee.mailboxGuid}@homes.example`
  const ask = (user: string) =>
    fetch(`${server.urls.http}${target}`, {
      method: 'POST',
      redirect: 'manual',
      headers: { Authorization: `Basic ${Buffer.from(user).toString('base64')}`, 'X-RequestType': 'Connect' }
    })
  const answer = await ask('lee@homes.example:secret')
  t.equal(answer.status, 302)
  t.equal(answer.headers.get('location'), `https://${HOME}${target}`)
  requirement('MS-OXCMAPIHTTP_R50')
  t.equal((await ask('lee@homes.example:wrong')).status, 401, 'only who has credentials is told')
})

t.test('a session that came by the name of another mailbox', async t => {
  const server = await start()
  const { directory } = server
  const [kim, sam] = ['kim', 'sam'].map(name => directory.byAddress(`${name}@homes.example`)!)
  const own = await openAs(server, 'kim@homes.example')
  t.equal((await own.connect(sam.legacyDn)).displayName, 'sam', 'Connect does not mind')
  t.same(await logOn(own, sam.legacyDn), {
    handle: NO_HANDLE,
    returnValue: ecWrongServer,
    value: { logonFlags: 1, serverName: directory.serverDn(sam) }
  })
  own.close()
  const theirs = await openAs(server, 'kim@homes.example', sam.address)
  await theirs.connect(kim.legacyDn)
  t.equal((await logOn(theirs, sam.legacyDn)).returnValue, 0)
  t.equal((await logOn(theirs, kim.legacyDn)).returnValue, ecWrongServer)
  theirs.close()
})

t.test('who has this server as home server is at home here', async t => {
  const server = await start({ publicUrl: `https://${HOME}` })
  const client = await openAs(server, 'lee@homes.example')
  await client.connect()
  t.equal((await logOn(client, client.mailbox!.legacyDn)).returnValue, 0)
  await server.administration.changeUser('lee@homes.example', { homeServer: 'MAIL3.homes.example' })
  await t.rejects(logOn(client, client.mailbox!.legacyDn), MapiHttpError, 'sessions end')
  t.match(await server.administration.user('lee@homes.example'), { homeServer: 'mail3.homes.example' })
  await t.rejects(server.administration.changeUser('lee@homes.example', { homeServer: 'no host' }))
  await server.administration.changeUser('lee@homes.example', { homeServer: null })
  const again = await openAs(server, 'lee@homes.example')
  await again.connect()
  t.equal((await logOn(again, again.mailbox!.legacyDn)).returnValue, 0)
  for (const one of [client, again]) one.close()
})

t.test('records of before have no home server', async t => {
  const server = await start()
  const lee = server.directory.byAddress('lee@homes.example')!
  t.match(parseEntry(writeEntry(lee)), { homeServer: HOME })
  const { homeServer: _, ...before } = lee
  t.match(parseEntry(writeEntry(before as never)), { homeServer: null })
})
