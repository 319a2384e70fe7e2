import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'tap'
import type { AutodiscoverOptions } from '../../../src/fronts/autodiscover/index.js'
import { serverVersion } from '../../../src/fronts/autodiscover/server-version.js'
import { ask, blocksOf, outline, serveAutodiscover } from './autodiscover-server.js'
import { exchange2016, exchangeToOutlook } from './recorded-orders.js'

const OAB = '646f1f11-3801-40d4-bed8-7122e3812ed4'
const everything = { addressBook: true, rpcHttp: true, ews: true, oab: OAB, owa: true, ecp: true, um: true }
const CAPTURES = join(process.cwd(), '..', 'shared', 'captures')

/** Answers of a server that has all services and public folders. */
async function answersOf(
  options: Partial<AutodiscoverOptions>,
  headers: Record<string, string> = {}
): Promise<{ xml: string; blocks: Map<string, string[]> }> {
  const server = await serveAutodiscover({ services: everything, publicUrl: 'https://mail.example.com', ...options })
  await server.directory.add({ kind: 'publicFolderMailbox', address: 'pf@example.com', displayName: 'Public Folders' })
  const { xml } = await server.ask(ask('alice@example.com'), { headers })
  await server.close()
  return { xml, blocks: blocksOf(xml) }
}

const without = (list: readonly string[] | undefined, unwanted: RegExp) => list?.filter(name => !unwanted.test(name))
/** Names of `list` that `other` has, too: where both have an element, the order has to be the same. */
const shared = (list: readonly string[] = [], other: readonly string[] = []) =>
  list.filter(name => other.includes(name))

test('blocks for clients of before, as Exchange 2016 writes them', async t => {
  const { xml, blocks } = await answersOf({})
  t.same([...blocks.keys()], ['EXCH', 'EXPR', 'WEB'])
  t.same(blocks.get('EXCH'), without(exchange2016.EXCH, /^AD$/), 'but for the name of a domain controller')
  t.same(shared(blocks.get('EXPR'), exchange2016.EXPR), exchange2016.EXPR)
  t.same(without(blocks.get('WEB'), /^External/), exchange2016.WEB)
  const { texts } = outline(xml)
  const at = (name: string) => texts.get(`Autodiscover/Response/Account/Protocol/${name}`)
  t.equal(at('OABUrl'), `https://mail.example.com/OAB/${OAB}/`)
  t.equal(at('EwsUrl'), 'https://mail.example.com/EWS/Exchange.asmx')
  t.match(at('EcpUrl-mt'), '&MsgID=<MsgID>&Mbx=<Mbx>&realm=example.com')
  t.equal(at('CertPrincipalName'), 'msstd:mail.example.com')
  t.equal(at('GroupingInformation'), 'Default-First-Site-Name')
  t.match(xml, '<OWAUrl AuthenticationMethod="Basic, Fba">https://mail.example.com/owa/</OWAUrl>')
  const plain = await answersOf({ publicUrl: 'http://mail.example.com:8080' })
  t.match(plain.xml, /<Server>mail.example.com:8080<\/Server>\s*<SSL>Off<\/SSL>[\s\S]*<CertPrincipalName>None</)
})

test('blocks for Outlook, as Exchange writes them', async t => {
  const userAgent = 'Microsoft Office/16.0 (Windows NT 10.0; Microsoft Outlook 16.0.4266; Pro)'
  const { blocks } = await answersOf({}, { 'X-MapiHttpCapability': '1', 'User-Agent': userAgent })
  t.same([...blocks.keys()], Object.keys(exchangeToOutlook))
  t.same(without(blocks.get('mapiHttp'), /ExternalUrl/), exchangeToOutlook.mapiHttp)
  t.same(blocks.get('WEB'), exchangeToOutlook.WEB)
  t.same(without(blocks.get('EXHTTP'), /OABUrl/), exchangeToOutlook.EXHTTP)
})

test('X-ClientCanHandle', async t => {
  const of = (value: string, options: Partial<AutodiscoverOptions> = {}, mapi?: string) =>
    answersOf(options, { 'X-ClientCanHandle': value, ...(mapi && { 'X-MapiHttpCapability': mapi }) })
  t.notOk((await of('Negotiate')).blocks.has('EXHTTP'))
  t.ok((await of('exhttpinfo')).blocks.has('EXHTTP'), 'whatever its case')
  t.ok((await of('Negotiate ,\tExHttpInfo', {}, '1')).blocks.has('EXHTTP'), 'one of several')
  const onlyRpc = { services: { ...everything, rpcHttp: false } }
  t.notOk((await of('ExHttpInfo', onlyRpc)).blocks.has('EXHTTP'), 'only where RPC over HTTP is served')
  t.ok((await of('ExHttpInfo', onlyRpc, '1')).blocks.has('EXHTTP'), 'or for the URLs that no other block has')
  t.notOk((await of('ExHttpInfo', { services: {} }, '1')).blocks.has('EXHTTP'), 'if there are any')

  const packageOf = async (value: string, authSchemes?: string[]) =>
    /<AuthPackage>(\w+)</.exec((await of(value, { authSchemes })).xml)?.[1]
  t.equal(await packageOf('Negotiate', ['negotiate', 'ntlm', 'basic']), 'Negotiate')
  t.equal(await packageOf('ExHttpInfo', ['Negotiate', 'NTLM', 'Basic']), 'Ntlm', 'only for a client that can handle it')
  t.equal(await packageOf('Negotiate', ['ntlm', 'basic']), 'Ntlm', 'only where the server offers it')
  t.equal(await packageOf('Negotiate'), 'Basic')
  const old = 'Microsoft Office/14.0 (Windows NT 6.1; Microsoft Outlook 14.0.7233; Pro)'
  t.notOk((await answersOf({}, { 'User-Agent': old })).blocks.has('EXHTTP'))
})

test('elements and order of recorded answers', async t => {
  const exchangeSe = join(CAPTURES, '17-exchange-se/crates/mapi-autodiscover/tests/exchange-se-mapihttp.xml')
  const online = join(CAPTURES, '09-autodiscover/ews-cpp-autodiscover_response.xml')
  if (!existsSync(exchangeSe) || !existsSync(online)) return t.pass('skipped: the captures are not here')
  const ours = await answersOf({ services: { ews: true, owa: true } }, { 'X-MapiHttpCapability': '1' })
  t.same(
    outline(ours.xml).paths.filter(path => !/External|PublicFolderInformation/.test(path)),
    outline(readFileSync(exchangeSe, 'utf8')).paths,
    'Exchange SE: the same elements and namespaces, but for URLs from outside and public folders'
  )
  const recorded = blocksOf(readFileSync(online, 'utf8'))
  const { blocks } = await answersOf({})
  t.same([...blocks.keys()], [...recorded.keys()])
  for (const [type, names] of recorded) {
    t.same(shared(blocks.get(type), names), shared(names, blocks.get(type)), `Exchange Online: the order of ${type}`)
  }
})

test('versions', async t => {
  t.equal(serverVersion([15, 1, 1913]), '73C18779', 'as Exchange 2016 spells its own')
  t.equal(serverVersion([15, 1, 403]), '73C18193')
  t.equal(serverVersion([15, 0, 516]), '73C08204')
})
