import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { test } from 'tap'
import { decodeXml } from '../../../src/fronts/autodiscover/decode-xml.js'
import { parseAutodiscoverRequest } from '../../../src/fronts/autodiscover/parse-request.js'
import { ask, RESPONSE, requestFor } from './autodiscover-server.js'

const BOM = '\ufeff'
const swapped = (text: string) => Buffer.from(text, 'utf16le').swap16()

test('documented and recorded requests', async t => {
  const vectors = join(process.cwd(), '..', 'shared/vectors/AUTODISCOVER.json')
  const captures = join(process.cwd(), '..', 'shared/captures/09-autodiscover')
  if (!existsSync(vectors) || !existsSync(captures)) return t.pass('skipped: the vectors are not here')
  const texts = JSON.parse(readFileSync(vectors, 'utf8')) as { id: string; description: string; text?: string }[]
  const pox = texts.filter(({ description, text }) => /request message \(POX\)/.test(description) && text !== undefined)
  t.ok(pox.length >= 2)
  for (const { id, text = '' } of pox) {
    const isEmpty = /<Request\s*\/>/.test(text)
    const parsed = parseAutodiscoverRequest(Buffer.from(text))
    t.match(parsed, isEmpty ? 600 : { emailAddress: /@/, acceptableResponseSchema: RESPONSE }, id)
  }
  const publicFolder = readFileSync(join(captures, 'ms-docs/how-to-route-public-folder-content-requests--3--x.xml'))
  t.match(parseAutodiscoverRequest(publicFolder), { emailAddress: '1ec2a236-ed93-4f88-b9c6-33e63fa4aa44@contoso.com' })
  const har = JSON.parse(readFileSync(join(captures, 'syncgw-813.har'), 'utf8'))
  const posts = har.log.entries.map((entry: { request: { postData?: { text: string } } }) => entry.request.postData)
  const { text } = posts.find((data: { text: string } | undefined) => data !== undefined)
  t.match(parseAutodiscoverRequest(Buffer.from(text, 'base64')), { emailAddress: 't1@dyn.example' }, 'a real client')
})

test('encodings', async t => {
  const declared = (encoding: string) => ask('märy@example.com').replace('utf-8', encoding)
  const read = (bytes: Buffer) => {
    const parsed = parseAutodiscoverRequest(bytes)
    return typeof parsed === 'number' ? parsed : parsed.emailAddress
  }
  t.equal(read(Buffer.from(declared('UTF-8'))), 'märy@example.com')
  t.equal(read(Buffer.from(BOM + declared('utf-8'))), 'märy@example.com')
  t.equal(read(Buffer.from(declared('utf-8').slice(38))), 'märy@example.com', 'no declaration')
  for (const encoding of ['utf-16', 'utf-8']) {
    t.equal(read(Buffer.from(BOM + declared(encoding), 'utf16le')), 'märy@example.com', `UTF-16, called ${encoding}`)
    t.equal(read(swapped(BOM + declared(encoding))), 'märy@example.com')
  }
  t.equal(read(Buffer.from(declared('utf-16'), 'utf16le')), 'märy@example.com', 'UTF-16 without a mark')
  t.equal(read(swapped(declared('utf-16'))), 'märy@example.com')
  t.equal(read(Buffer.from(declared('ISO-8859-1'), 'latin1')), 'märy@example.com')
  t.equal(read(Buffer.from(declared('utf-16'))), 600, 'called UTF-16 and is not')
  t.equal(read(Buffer.from(declared('utf-8'), 'latin1')), 600, 'called UTF-8 and is not')
  t.equal(read(Buffer.from(declared('utf-7'))), 600, 'no encoding that we read')
  t.equal(read(Buffer.from(declared('utf-16') + BOM, 'utf16le').subarray(0, -1)), 600, 'half a character')
  t.equal(read(Buffer.from([0xff, 0xfe, 0x00, 0xd8])), 600, 'half a surrogate pair')
  t.equal(read(Buffer.from([0xef, 0xbb, 0xbf])), 600)
  t.equal(decodeXml(Buffer.from([0x3c])), '<')
})

test('forms of a request', async t => {
  const prefixed = ask('a@b')
    .replaceAll(/<(\/?)([A-Z])/g, '<$1x:$2')
    .replace('xmlns=', 'xmlns:x=')
  t.match(parseAutodiscoverRequest(Buffer.from(prefixed)), { emailAddress: 'a@b' }, 'with a prefix')
  const commented = ask('a<!-- c -->@<?pi?>b')
  t.match(parseAutodiscoverRequest(Buffer.from(commented)), { emailAddress: 'a@b' }, 'comments in between')
  const more = requestFor('<Other><EMailAddress>c@d</EMailAddress></Other><EMailAddress>a@b</EMailAddress>')
  t.match(parseAutodiscoverRequest(Buffer.from(more)), { emailAddress: 'a@b' }, 'elements that we do not know')
  const https = ask('a@b', { schema: RESPONSE.replace('http:', 'https:') })
  t.match(parseAutodiscoverRequest(Buffer.from(https)), { acceptableResponseSchema: RESPONSE }, 'as in documentation')
  t.match(parseAutodiscoverRequest(Buffer.from(requestFor('<LegacyDN>/o=a</LegacyDN>'))), {
    emailAddress: undefined,
    legacyDn: '/o=a'
  })
})

test('any bytes are read or refused', async t => {
  const whole = Buffer.from(requestFor('<LegacyDN>/o=a</LegacyDN><EMailAddress>a&lt;@b</EMailAddress>'))
  const edit = fc.record({
    at: fc.nat(whole.length),
    remove: fc.nat(20),
    insert: fc.oneof(
      fc.uint8Array({ maxLength: 8 }),
      fc.constantFrom('<', '</', '&', ']]>', '<!', '<?', '"', '\0', '\ufeff')
    )
  })
  const isAnswer = (bytes: Buffer) => {
    const parsed = parseAutodiscoverRequest(bytes)
    return parsed === 600 || parsed === 601 || (typeof parsed === 'object' && parsed.acceptableResponseSchema !== '')
  }
  fc.assert(
    fc.property(fc.array(edit, { maxLength: 4 }), edits => {
      let bytes: Buffer = whole
      for (const { at, remove, insert } of edits)
        bytes = Buffer.concat([bytes.subarray(0, at), Buffer.from(insert as string), bytes.subarray(at + remove)])
      return isAnswer(bytes)
    }),
    { numRuns: 1000, seed: 1 }
  )
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), bytes => isAnswer(Buffer.from(bytes))),
    { numRuns: 300, seed: 1 }
  )
  t.pass('none does harm')
})
