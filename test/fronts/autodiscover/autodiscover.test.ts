import { test } from 'tap'
import { ask, blocksOf, REQUEST, requestFor, serveAutodiscover } from './autodiscover-server.js'

const MAPI = { 'X-MapiHttpCapability': '1' }

test('D3, D4, D5, D6: settings for MAPI over HTTP', async t => {
  const server = await serveAutodiscover()
  t.teardown(server.close)
  const { alice, directory } = server
  const answer = await server.ask(ask('alice@example.com'), { headers: MAPI })
  t.equal(answer.status, 200)
  t.equal(answer.header('content-type'), 'text/xml; charset=utf-8')
  t.equal(answer.header('cache-control'), 'private')
  t.equal(answer.at('User/DisplayName'), 'Alice <Ä>')
  t.equal(answer.at('User/LegacyDN'), alice.legacyDn)
  t.equal(answer.at('User/AutoDiscoverSMTPAddress'), 'alice@example.com')
  t.equal(answer.at('User/DeploymentId'), directory.organization.deploymentId)
  t.equal(answer.at('Account/AccountType'), 'email')
  t.equal(answer.at('Account/Action'), 'settings')
  t.equal(answer.at('Account/MicrosoftOnline'), 'False')
  const mailboxId = `${alice.mailboxGuid}@example.com`
  for (const [block, path] of [
    ['MailStore', 'emsmdb'],
    ['AddressBook', 'nspi']
  ]) {
    const url = `http://mail.example.com:8443/mapi/${path}/?MailboxId=${mailboxId}`
    t.equal(answer.at(`Account/Protocol/${block}/InternalUrl`), url)
    t.equal(answer.at(`Account/Protocol/${block}/ExternalUrl`), url)
  }
  t.equal(answer.xml.match(/<Protocol Type="mapiHttp" Version="1">/g)?.length, 1)
  t.same([...blocksOf(answer.xml).keys()], ['mapiHttp'], 'no block of a service that there is not')
})

test('D3: the capability header', async t => {
  const server = await serveAutodiscover()
  t.teardown(server.close)
  for (const capability of ['1', '2', '999999999']) {
    const { xml } = await server.ask(ask('bob@example.com'), { headers: { 'X-MapiHttpCapability': capability } })
    t.match(xml, /<Protocol Type="mapiHttp" Version="1">/, `the highest version that both know, of ${capability}`)
    t.notMatch(xml, /<Type>EX/)
  }
  for (const capability of [undefined, '0', 'x', '', '-1', '1.0', '10000000000']) {
    const { xml } = await server.ask(ask('bob@example.com'), { headers: { 'X-MapiHttpCapability': capability } })
    t.same([...blocksOf(xml).keys()], ['EXCH'], `not for ${capability}`)
  }
  const without = await serveAutodiscover({ services: { addressBook: false } })
  t.teardown(without.close)
  t.notMatch((await without.ask(ask('bob@example.com'), { headers: MAPI })).xml, /AddressBook/)
})

test('D3: settings for clients of before', async t => {
  const server = await serveAutodiscover()
  t.teardown(server.close)
  const { bob } = server
  const answer = await server.ask(ask('bob@example.com'))
  const serverDn = `/o=Ropewalk/ou=Exchange Administrative Group (FYDIBOHF23SPDLT)/cn=Configuration/cn=Servers/cn=${bob.mailboxGuid}@example.com`
  t.equal(answer.at('Account/Protocol/Server'), `${bob.mailboxGuid}@example.com`)
  t.equal(answer.at('Account/Protocol/ServerDN'), serverDn)
  t.equal(answer.at('Account/Protocol/MdbDN'), `${serverDn}/cn=Microsoft Private MDB`)
  t.match(answer.at('Account/Protocol/ServerVersion'), /^73C1[89A-F]/)
  t.equal(answer.at('Account/Protocol/ServerExclusiveConnect'), 'off')
  t.notMatch(answer.xml, /https?:\/\/(?!schemas\.)/, 'no URL of what is not served (D11)')
})

test('D5: every name of a mailbox', async t => {
  const server = await serveAutodiscover()
  t.teardown(server.close)
  const { alice, bob, directory } = server
  const nameOf = async (body: string) => {
    const answer = await server.ask(body, { headers: MAPI })
    return answer.at('User/AutoDiscoverSMTPAddress') ?? answer.at('Error/ErrorCode')
  }
  const dn = (text: string) => `<LegacyDN>${text}</LegacyDN>`
  t.equal(await nameOf(ask('A.Smith@Example.COM')), 'alice@example.com', 'a further address, answered with the primary')
  t.equal(await nameOf(ask('\r\n  alice@example.com\r\n')), 'alice@example.com', 'white space around')
  t.equal(await nameOf(ask('<![CDATA[alice@example.com]]>')), 'alice@example.com')
  t.equal(await nameOf(ask('&#97;lice@example.com')), 'alice@example.com')
  t.equal(await nameOf(ask(`${bob.mailboxGuid.toUpperCase()}@example.com`)), 'bob@example.com', 'a mailbox id')
  t.equal(await nameOf(ask(`${bob.mailboxGuid}@example.org`)), '500', 'a mailbox id of another domain')
  t.equal(await nameOf(requestFor(dn(bob.legacyDn))), 'bob@example.com')
  t.equal(await nameOf(requestFor(dn(bob.legacyDn.toUpperCase()))), 'bob@example.com')
  const former = '/o=Former/ou=First Administrative Group/cn=Recipients/cn=alice'
  t.equal(await nameOf(requestFor(dn(former))), 'alice@example.com', 'the DN that it had elsewhere')
  const both = requestFor(`<EMailAddress>alice@example.com</EMailAddress>${dn(bob.legacyDn)}`)
  t.equal(await nameOf(both), 'bob@example.com', '[MS-OXDSCLI] 3.2.5: of both the DN is used')
  await directory.change(alice.guid, { displayName: 'Alice "Al" > 𐐷' })
  const renamed = await server.ask(ask('alice@example.com'), { headers: MAPI })
  t.match(renamed.xml, '<DisplayName>Alice &quot;Al&quot; &gt; 𐐷</DisplayName>')
  t.equal(renamed.at('User/DisplayName'), 'Alice "Al" > 𐐷', 'D6: the name as it is now, whatever is in it')
})

test('D7: mailboxes to open beside the own one', async t => {
  const server = await serveAutodiscover()
  t.teardown(server.close)
  const { bob, directory } = server
  const own = await server.ask(ask('alice@example.com'), { headers: MAPI })
  const children = own.outline.paths.filter(path => path.includes('/AlternativeMailbox/'))
  t.same(
    children.map(path => path.split('/').at(-1)),
    ['Type', 'DisplayName', 'SmtpAddress', 'OwnerSmtpAddress'],
    'as recorded; no LegacyDN, so that the client asks again'
  )
  t.equal(own.at('Account/AlternativeMailbox/Type'), 'Delegate')
  t.equal(own.at('Account/AlternativeMailbox/DisplayName'), 'Bob & Co')
  t.equal(own.at('Account/AlternativeMailbox/SmtpAddress'), 'bob@example.com')
  t.equal(own.at('Account/AlternativeMailbox/OwnerSmtpAddress'), bob.address)
  const foreign = await server.ask(ask('alice@example.com'), { headers: MAPI, as: 'bob@example.com' })
  t.equal(foreign.at('User/DisplayName'), 'Alice <Ä>')
  t.notMatch(foreign.xml, /AlternativeMailbox/, 'what somebody may open is told to nobody else')
  await directory.remove(bob.guid)
  t.notMatch((await server.ask(ask('alice@example.com'), { headers: MAPI })).xml, /AlternativeMailbox/)
})

test('D8: mailboxes of others', async t => {
  const server = await serveAutodiscover()
  t.teardown(server.close)
  const { bob, directory } = server
  const second = await server.ask(ask('bob@example.com'), { headers: MAPI })
  t.equal(second.at('User/LegacyDN'), bob.legacyDn, 'the DN of the mailbox asked for')
  t.match(second.at('Account/Protocol/MailStore/InternalUrl'), bob.mailboxGuid, 'and its MailboxId: a matched pair')
  t.notMatch(second.xml, /PublicFolder/, 'no public folders yet')

  const folders = await directory.add({
    kind: 'publicFolderMailbox',
    address: 'publicfolders@example.com',
    displayName: 'Public Folders',
    hidden: true
  })
  for (const as of ['alice@example.com', 'bob@example.com']) {
    const own = await server.ask(ask(as), { headers: MAPI, as })
    const address = own.at('Account/PublicFolderInformation/SmtpAddress')
    t.equal(address, 'publicfolders@example.com')
    const third = await server.ask(ask(address as string), { headers: MAPI, as })
    t.equal(third.at('User/LegacyDN'), folders.legacyDn, 'anybody may ask for the mailbox of the public folders')
    t.match(third.at('Account/Protocol/MailStore/InternalUrl'), folders.mailboxGuid)
    t.notMatch(third.xml, /PublicFolderInformation/)
  }
  t.equal((await server.ask(ask('alice@example.com'))).at('Account/Protocol/PublicFolderServer'), 'mail.example.com')
})

test('T3: ways to ask', async t => {
  const server = await serveAutodiscover()
  t.teardown(server.close)
  for (const path of [
    '/autodiscover/autodiscover.xml',
    '/Autodiscover/Autodiscover.xml',
    '/AUTODISCOVER/AUTODISCOVER.XML',
    '/autodiscover/autodiscover.xml/',
    '/autodiscover/autodiscover.xml?a=b',
    'http://autodiscover.example.com/AutoDiscover/AutoDiscover.xml'
  ]) {
    t.ok((await server.ask(ask('alice@example.com'), { path })).at('User/LegacyDN'), path)
  }
  for (const contentType of [undefined, 'application/json', 'text/xml; charset=utf-16']) {
    const answer = await server.ask(ask('alice@example.com'), { headers: { 'Content-Type': contentType } })
    t.ok(answer.at('User/LegacyDN'), `the body counts and not what it is called: ${contentType}`)
  }
  t.equal((await server.ask('', { method: 'GET' })).at('Error/ErrorCode'), '600', 'as a browser sees it')
  const head = await server.ask('', { method: 'HEAD' })
  t.equal(head.status, 200)
  t.equal(head.header('content-type'), 'text/xml; charset=utf-8')
  const options = await server.ask('', { method: 'OPTIONS', as: null })
  t.same([options.status, options.header('allow')], [200, 'POST, GET, HEAD, OPTIONS'])
  const put = await server.ask(ask('alice@example.com'), { method: 'PUT' })
  t.same([put.status, put.header('allow')], [405, 'POST, GET, HEAD, OPTIONS'])
  t.ok((await server.ask(ask('alice@example.com', { ns: REQUEST.replace('http:', 'https:') }))).at('User/LegacyDN'))
})

test('D11: URLs that the client can reach', async t => {
  const server = await serveAutodiscover()
  t.teardown(server.close)
  const urlFor = async (headers: Record<string, string | undefined>, from = server) => {
    const answer = await from.ask(ask('bob@example.com'), { headers: { ...MAPI, ...headers } })
    return answer.status === 200
      ? answer.at('Account/Protocol/MailStore/ExternalUrl')?.replace(/\?.*/, '')
      : answer.status
  }
  t.equal(await urlFor({ Host: 'autodiscover.example.com' }), 'http://autodiscover.example.com/mapi/emsmdb/')
  t.equal(await urlFor({ Host: '[::1]:8080' }), 'http://[::1]:8080/mapi/emsmdb/')
  const forwarded = { 'X-Forwarded-Host': 'evil.example', 'X-Forwarded-Proto': 'https', Forwarded: 'host=evil.example' }
  t.equal(await urlFor({ Host: 'mail', ...forwarded }), 'http://mail/mapi/emsmdb/', 'what anybody can send')
  for (const host of [
    'a"b',
    '<x>',
    'a&b',
    'a/b',
    'a b',
    'user@host',
    'host:99999',
    'host:port',
    '[::g]',
    '\xe4.example'
  ])
    t.equal(await urlFor({ Host: host }), 400, `not a host: ${host}`)
  const fixed = await serveAutodiscover({ publicUrl: 'https://mail.example.com/' })
  t.teardown(fixed.close)
  t.equal(await urlFor({ Host: 'inside' }, fixed), 'https://mail.example.com/mapi/emsmdb/')
})
