import { test } from 'tap'
import { ask, MOBILE_REQUEST, MOBILE_RESPONSE, RESPONSE, requestFor, serveAutodiscover } from './autodiscover-server.js'

/** As an Exchange Server answered in public, of which only the numbers differ. */
const RECORDED_ERROR =
  /^<\?xml version="1\.0" encoding="utf-8"\?>\s*<Autodiscover xmlns="http:\/\/schemas\.microsoft\.com\/exchange\/autodiscover\/responseschema\/2006">\s*<Response>\s*<Error Time="\d\d:\d\d:\d\d\.\d{7}" Id="\d{1,10}">\s*<ErrorCode>(\d+)<\/ErrorCode>\s*<Message>(.*)<\/Message>\s*<DebugData \/>\s*<\/Error>\s*<\/Response>\s*<\/Autodiscover>\s*$/

test('D2: errors', async t => {
  const server = await serveAutodiscover()
  t.teardown(server.close)
  const error = async (body: string | Buffer) => {
    const { status, xml } = await server.ask(body)
    t.equal(status, 200, 'an error has status 200, too')
    const found = RECORDED_ERROR.exec(xml)
    t.ok(found, 'the form of a recorded answer')
    return `${found?.[1]} ${found?.[2]}`
  }
  const invalid = '600 Invalid Request'
  const address = '<EMailAddress>alice@example.com</EMailAddress>'
  t.equal(await error('no xml'), invalid)
  t.equal(await error(''), invalid)
  t.equal(await error('<Autodiscover>'), invalid)
  t.equal(await error('<Other/>'), invalid)
  t.equal(await error('<Autodiscover><Request/></Autodiscover>'), invalid, 'no namespace')
  t.equal(await error(ask('alice@example.com', { ns: 'urn:else' })), invalid)
  t.equal(await error(ask('alice@example.com').replace('</Request>', '</Request ')), invalid)
  t.equal(await error(ask('')), invalid, 'no address')
  t.equal(await error(requestFor('')), invalid)
  t.equal(await error(ask('alice@example.com', { schema: '' })), invalid, 'no schema')
  t.equal(await error(requestFor(address + address)), invalid, 'two addresses')
  t.equal(await error(requestFor(`${address}</Request><Request>`)), invalid, 'two requests')
  t.equal(await error(requestFor('<EMailAddress><b>alice@example.com</b></EMailAddress>')), invalid, 'no text')
  t.equal(await error(requestFor('<a:EMailAddress xmlns:a="urn:else">alice@example.com</a:EMailAddress>')), invalid)
  t.equal(await error(ask('alice&nbsp;@example.com')), invalid, 'an entity that is not declared')
  t.equal(await error(ask('&#0;')), invalid, 'a character that XML does not have')

  const unavailable = '601 Provider is not available'
  t.equal(await error(ask('alice@example.com', { schema: 'http://example.com/other' })), unavailable)
  t.equal(await error(ask('alice@example.com', { schema: RESPONSE.slice(0, -1) })), unavailable)
  t.equal(await error(ask('alice@example.com', { schema: MOBILE_RESPONSE })), unavailable)
  t.equal(await error(ask('alice@example.com', { schema: MOBILE_RESPONSE, ns: MOBILE_REQUEST })), unavailable)

  const unknown = "500 The email address can't be found."
  t.equal(await error(ask('nobody@example.com')), unknown)
  t.equal(await error(ask('nobody')), unknown)
  t.equal(await error(requestFor('<LegacyDN>/o=a/cn=b</LegacyDN>')), unknown)
  await server.directory.add({ kind: 'contact', address: 'carl@elsewhere.example', displayName: 'Carl' })
  await server.directory.add({ kind: 'group', address: 'all@example.com', displayName: 'All' })
  t.equal(await error(ask('carl@elsewhere.example')), '501 Bad Address', 'known, but no mailbox of ours')
  t.equal(await error(ask('all@example.com')), '501 Bad Address')
})

test('D2: the attributes of an error', async t => {
  const runtime = { now: () => Date.UTC(2026, 10, 27, 21, 25, 4, 889) }
  const attributes = async (serverName: string) => {
    const { systemRuntime, customRuntime } = await import('../../../src/runtime.js')
    const clock = customRuntime({ now: runtime.now, random: systemRuntime.random })
    const server = await serveAutodiscover({ serverName, runtime: clock })
    const { xml } = await server.ask('')
    const again = await server.ask(ask('nobody@example.com'))
    await server.close()
    const [, time, id] = /<Error Time="(.*)" Id="(.*)">/.exec(xml) as RegExpExecArray
    t.match(again.xml, `Id="${id}"`, 'the same in every answer')
    return { time, id: Number(id) }
  }
  const { time, id } = await attributes('one')
  t.equal(time, '21:25:04.8890000', 'time of day with seven digits of a second')
  t.ok(Number.isInteger(id) && id >= 0 && id <= 0xffffffff)
  t.equal((await attributes('ONE')).id, id, '[MS-OXDSCLI] 2.2.4.1.1.3: the number of the server')
  t.not((await attributes('two')).id, id)
})

test('D2: without credentials nothing is told', async t => {
  const server = await serveAutodiscover()
  t.teardown(server.close)
  const answers = new Set<string>()
  for (const body of [ask('alice@example.com'), ask('nobody@example.com'), 'no xml', '']) {
    for (const method of ['POST', 'GET', 'PUT']) {
      const { status, headers, body: answer } = await server.ask(body, { as: null, method })
      answers.add(JSON.stringify([status, headers.filter(([name]) => name !== 'date'), answer.toString()]))
    }
  }
  t.equal(answers.size, 1, 'the same for everybody and everything')
  t.match([...answers][0], /^\[401,.*www-authenticate/)
  t.equal((await server.ask(ask('alice@example.com'), { password: 'wrong' })).status, 401)
  t.equal((await server.ask(ask('alice@example.com'), { as: '', password: '' })).status, 403, 'expressly nobody')
})

test('hostile documents', async t => {
  const server = await serveAutodiscover()
  t.teardown(server.close)
  const laughs = Array.from({ length: 9 }, (_, n) => `<!ENTITY l${n + 1} "${`&l${n};`.repeat(10)}">`).join('')
  const documents: Record<string, string> = {
    'a DTD': `<!DOCTYPE a>${ask('alice@example.com').slice(38)}`,
    'nested entities': `<!DOCTYPE a [<!ENTITY l0 "lol">${laughs}]>${ask('&l9;').slice(38)}`,
    'an external entity': `<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]>${ask('&x;').slice(38)}`,
    'a parameter entity': `<!DOCTYPE a [<!ENTITY % x SYSTEM "http://127.0.0.1/x.dtd"> %x;]>${ask('a@b').slice(38)}`,
    'deep nesting': requestFor('<a>'.repeat(10_000) + '</a>'.repeat(8000)),
    'nesting just too deep': requestFor(`${'<a>'.repeat(7)}${'</a>'.repeat(7)}<EMailAddress>a@b</EMailAddress>`),
    'a long address': ask('x'.repeat(60_000)),
    'an address in many pieces': ask('&amp;'.repeat(12_000)),
    'a huge attribute': requestFor(`<a b="${'x'.repeat(60_000)}" c="&no;"/>`),
    'many attributes': requestFor(`<a ${Array.from({ length: 6000 }, (_, n) => `a${n}=""`).join(' ')}/>`),
    'many namespaces': requestFor(`<a ${Array.from({ length: 3000 }, (_, n) => `xmlns:a${n}="u"`).join(' ')}/>`),
    'many names': requestFor(Array.from({ length: 9000 }, (_, n) => `<a${n}/>`).join('')),
    'an attribute twice': requestFor('<a b="" b=""/>'),
    'a prefix that is not declared': requestFor('<a:b/>'),
    'too large': ask('x'.repeat(70_000)),
    'a name without an end': `<${'a'.repeat(60_000)}`,
    'a comment without an end': `<!--${'-'.repeat(60_000)}`
  }
  for (const [name, document] of Object.entries(documents)) {
    const before = process.cpuUsage()
    const answer = await server.ask(document)
    const { user, system } = process.cpuUsage(before)
    t.equal(answer.at('Error/ErrorCode'), '600', name)
    t.ok(user + system < 1_000_000, `${name}: in little time`)
  }
  t.equal((await server.ask(ask('alice@example.com'))).at('User/DisplayName'), 'Alice <Ä>', 'and serves on')
})
