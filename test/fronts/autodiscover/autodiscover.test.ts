import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { SaxesParser } from 'saxes'
import { test } from 'tap'
import { serverVersion } from '../../../src/fronts/autodiscover/answers.js'
import { escapeXml } from '../../../src/fronts/autodiscover/format-xml.js'
import { parseAutodiscoverRequest } from '../../../src/fronts/autodiscover/parse-request.js'
import { serve, type TestServer } from '../mapi-http/fake-emsmdb.js'
import { RawClient, type RawResponse } from '../raw-client.js'

const REQUEST = 'http://schemas.microsoft.com/exchange/autodiscover/outlook/requestschema/2006'
const RESPONSE = 'http://schemas.microsoft.com/exchange/autodiscover/outlook/responseschema/2006a'

const ask = (address: string, schema = RESPONSE, ns = REQUEST) =>
  `<?xml version="1.0" encoding="utf-8"?><Autodiscover xmlns="${ns}"><Request><EMailAddress>${address}</EMailAddress>` +
  `<AcceptableResponseSchema>${schema}</AcceptableResponseSchema></Request></Autodiscover>`

async function post(
  server: TestServer,
  body: string,
  headers: Record<string, string> = {},
  method = 'POST'
): Promise<RawResponse> {
  const client = await RawClient.open(server.port)
  const all: Record<string, string> = {
    Host: 'mail.example.com:8443',
    Authorization: `Basic ${Buffer.from('alice@example.com:secret').toString('base64')}`,
    'Content-Type': 'text/xml',
    'Content-Length': String(Buffer.byteLength(body)),
    ...headers
  }
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`)
  client.send(Buffer.from(`${method} /Autodiscover/Autodiscover.xml HTTP/1.1\r\n${lines.join('')}\r\n${body}`))
  const response = await client.response()
  client.close()
  return response
}

/** Element paths of a document in order, with attributes, and the texts by path. */
function outline(xml: string): { paths: string[]; texts: Map<string, string> } {
  const paths: string[] = []
  const texts = new Map<string, string>()
  const stack: string[] = []
  const parser = new SaxesParser()
  parser.on('opentag', ({ name, attributes }) => {
    const shown = Object.entries(attributes).filter(([key]) => key === 'Type' || key === 'xmlns')
    stack.push(name + shown.map(([key, value]) => `[${key}=${value}]`).join(''))
    paths.push(stack.join('/'))
  })
  parser.on('text', text => {
    const key = stack.map(step => step.replace(/\[.*?\]/g, '')).join('/')
    if (text.trim() !== '') texts.set(key, (texts.get(key) ?? '') + text)
  })
  parser.on('closetag', () => stack.pop())
  parser.write(xml).close()
  return { paths, texts }
}

test('settings for MAPI over HTTP', async t => {
  const server = await serve()
  t.teardown(server.close)
  const { alice, bob, directory } = server
  const response = await post(server, ask('A.Smith@example.com'), { 'X-MapiHttpCapability': '1' })
  t.equal(response.status, 200)
  t.equal(response.header('content-type'), 'text/xml; charset=utf-8')
  const { paths, texts } = outline(response.body.toString('utf8'))
  const at = (path: string) => texts.get(`Autodiscover/Response/${path}`)
  t.equal(at('User/DisplayName'), 'Alice <Ä>')
  t.equal(at('User/LegacyDN'), alice.legacyDn)
  t.equal(at('User/AutoDiscoverSMTPAddress'), 'alice@example.com')
  t.equal(at('User/DeploymentId'), directory.organization.deploymentId)
  const mailboxId = `${alice.mailboxGuid}@example.com`
  const store = `http://mail.example.com:8443/mapi/emsmdb/?MailboxId=${mailboxId}`
  t.equal(at('Account/Protocol/MailStore/InternalUrl'), store)
  t.equal(at('Account/Protocol/MailStore/ExternalUrl'), store)
  t.equal(
    at('Account/Protocol/AddressBook/InternalUrl'),
    `http://mail.example.com:8443/mapi/nspi/?MailboxId=${mailboxId}`
  )
  t.equal(at('Account/AlternativeMailbox/SmtpAddress'), 'bob@example.com')
  t.equal(at('Account/AlternativeMailbox/DisplayName'), 'Bob & Co')
  t.equal(at('Account/AlternativeMailbox/OwnerSmtpAddress'), bob.address)
  t.notOk(response.body.includes('EXPR') || response.body.includes('>EXCH<'), 'no other transport at the top level')

  const capture = join(
    process.cwd(),
    '..',
    'shared/captures/17-exchange-se/crates/mapi-autodiscover/tests/exchange-se-mapihttp.xml'
  )
  if (existsSync(capture)) {
    const recorded = outline(readFileSync(capture, 'utf8')).paths.filter(
      path => !/OWAUrl|Protocol\/(Type|Internal)|Account\/Protocol$/.test(path)
    )
    t.same(
      paths.filter(path => !path.endsWith('ExternalUrl')),
      recorded,
      'elements, namespaces and order are those of a recorded answer'
    )
  }
})

test('settings for older clients', async t => {
  const server = await serve()
  t.teardown(server.close)
  for (const capability of [undefined, '0', 'x']) {
    const headers: Record<string, string> = capability === undefined ? {} : { 'X-MapiHttpCapability': capability }
    const { texts } = outline((await post(server, ask('bob@example.com'), headers)).body.toString('utf8'))
    t.equal(texts.get('Autodiscover/Response/Account/Protocol/Type'), 'EXCH')
    t.equal(texts.get('Autodiscover/Response/Account/Protocol/Server'), `${server.bob.mailboxGuid}@example.com`)
    t.match(texts.get('Autodiscover/Response/Account/Protocol/MdbDN'), /\/cn=Microsoft Private MDB$/)
    t.notOk([...texts.keys()].some(path => path.includes('MailStore')))
  }
  t.equal(serverVersion([15, 1, 403]), '73C18193', 'as a recorded answer of 15.01.0403 spells it')
  t.equal(serverVersion([15, 0, 516]), '73C08204')
})

test('errors', async t => {
  const server = await serve()
  t.teardown(server.close)
  const code = async (body: string, method = 'POST') => {
    const { status, body: answer } = await post(server, body, {}, method)
    t.equal(status, 200)
    const { paths, texts } = outline(answer.toString('utf8'))
    t.match(answer.toString('utf8'), /<Error Time="\d\d:\d\d:\d\d\.\d{7}" Id="\d{1,10}">/)
    t.ok(paths.at(-1)?.endsWith('DebugData'))
    return texts.get('Autodiscover/Response/Error/ErrorCode')
  }
  t.equal(await code('no xml'), '600')
  t.equal(await code(''), '600')
  t.equal(await code('<Autodiscover>'), '600')
  t.equal(await code('<Other/>'), '600')
  t.equal(await code(ask('')), '600', 'no address')
  t.equal(await code('', 'GET'), '600', 'as a browser sees it')
  t.equal(await code(`<!DOCTYPE a [<!ENTITY b "c">]>${ask('alice@example.com').slice(38)}`), '600', 'no DTD')
  t.equal(await code(ask('x'.repeat(70_000))), '600', 'too large')
  t.equal(await code(ask(`${'<a>'.repeat(20)}${'</a>'.repeat(20)}`)), '600', 'too deep')
  t.equal(await code(ask('alice@example.com', 'http://example.com/other')), '601')
  t.equal(
    await code(
      ask(
        'alice@example.com',
        RESPONSE,
        'http://schemas.microsoft.com/exchange/autodiscover/mobilesync/requestschema/2006'
      )
    ),
    '601'
  )
  t.equal(await code(ask('nobody@example.com')), '500')
  const anonymous = await post(server, ask('alice@example.com'), { Authorization: 'Basic Zm9vOmJhcg==' })
  t.equal(anonymous.status, 401)
})

test('documented requests', async t => {
  const file = join(process.cwd(), '..', 'shared/vectors/AUTODISCOVER.json')
  if (!existsSync(file)) return t.pass('skipped: the vectors are not here')
  const vectors = JSON.parse(readFileSync(file, 'utf8')) as { id: string; text?: string }[]
  const { text } = vectors.find(({ id }) => id === 'autodiscover-autodiscover-requ-1') ?? {}
  t.match(parseAutodiscoverRequest(Buffer.from(text as string)), { emailAddress: 'mara@contoso.com' })
  const wide = Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(ask('a@b').replace('utf-8', 'utf-16'), 'utf16le')])
  t.match(parseAutodiscoverRequest(wide), { emailAddress: 'a@b' })
})

test('text in XML', async t => {
  t.equal(escapeXml(`<a b="c">&\u0001\ud800😀`), '&lt;a b=&quot;c&quot;&gt;&amp;\ufffd\ufffd😀')
})
