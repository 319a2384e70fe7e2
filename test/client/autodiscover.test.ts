import { existsSync, readFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { test } from 'tap'
import { AutodiscoverError, basicAuthorization, discover } from '../../src/client/autodiscover.js'
import { serveAutodiscover } from '../fronts/autodiscover/autodiscover-server.js'

const authorization = basicAuthorization('alice@example.com', 'secret')

test('discovers a mailbox', async t => {
  const server = await serveAutodiscover()
  t.teardown(server.close)
  const { alice, bob, directory, port } = server
  const at = { host: '127.0.0.1', port }
  await directory.add({ kind: 'publicFolderMailbox', address: 'pf@example.com', displayName: 'Public Folders' })
  const url = (path: string) => `http://127.0.0.1:${port}/mapi/${path}/?MailboxId=${alice.mailboxGuid}@example.com`
  t.same(await discover(at, 'a.smith@example.com', authorization), {
    displayName: 'Alice <Ä>',
    legacyDn: alice.legacyDn,
    address: 'alice@example.com',
    deploymentId: directory.organization.deploymentId,
    mailStoreUrl: url('emsmdb'),
    addressBookUrl: url('nspi'),
    alternativeMailboxes: [{ displayName: 'Bob & Co', address: 'bob@example.com' }],
    publicFolderAddress: 'pf@example.com'
  })
  t.match(await discover(at, 'bob@example.com', authorization), { legacyDn: bob.legacyDn, alternativeMailboxes: [] })
  await t.rejects(discover(at, 'no<body&@example.com', authorization), {
    name: 'AutodiscoverError',
    message: "500 The email address can't be found."
  })
  await t.rejects(discover(at, 'alice@example.com'), { message: 'the server refused the credentials' })
})

test('reads answers of other servers', async t => {
  const file = (path: string) => join(process.cwd(), '..', 'shared/captures', path)
  const own = file('17-exchange-se/crates/mapi-autodiscover/tests/exchange-se-mapihttp.xml')
  if (!existsSync(own)) return t.pass('skipped: the captures are not here')
  t.match(await readAnswer(t, readFileSync(own)), {
    displayName: 'Lab Test User',
    address: 'developer@dev.local',
    mailStoreUrl: /^https:\/\/exchange-lab-01\/mapi\/emsmdb\/\?MailboxId=/,
    addressBookUrl: /^https:\/\/exchange-lab-01\/mapi\/nspi\/\?MailboxId=/,
    alternativeMailboxes: [{ displayName: 'Shared Mailbox', address: 'shared@dev.local' }],
    publicFolderAddress: undefined
  })
  const rpcOnly = readFileSync(file('09-autodiscover/ews-cpp-autodiscover_response.xml'))
  await t.rejects(readAnswer(t, rpcOnly), new AutodiscoverError('the answer names no MAPI/HTTP mailbox'))
  await t.rejects(readAnswer(t, Buffer.from('<html>')), /unclosed tag/)
})

/** What the client makes of these bytes. */
async function readAnswer(t: { teardown(work: () => unknown): void }, answer: Buffer) {
  const server: Server = createServer((request, response) => request.resume().on('end', () => response.end(answer)))
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  t.teardown(() => server.close())
  const { port } = server.address() as AddressInfo
  return discover({ host: '127.0.0.1', port }, 'developer@dev.local', authorization)
}
