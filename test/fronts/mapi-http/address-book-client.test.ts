import { test } from 'tap'
import {
  AddressBookBodyError,
  AddressBookClient,
  type AddressBookClientOptions
} from '../../../src/client/address-book-client.js'
import { AutodiscoverError, basicAuthorization, discover } from '../../../src/client/autodiscover.js'
import { MapiHttpError } from '../../../src/client/mapi-client.js'
import { parseConfig } from '../../../src/config.js'
import { HttpServer, httpLimits } from '../../../src/fronts/http/index.js'
import { statAtBeginning } from '../../../src/nspi/stat.js'
import { systemRuntime } from '../../../src/runtime.js'
import { requirement } from '../../conformance/ledger.js'
import { bytes } from './address-book-bytes.js'
import { serve } from './fake-emsmdb.js'

const credentials = { address: 'alice@example.com', password: 'secret' }

test('finds the address book, binds, asks, unbinds', async t => {
  const server = await serve()
  t.teardown(server.close)
  const place = { host: '127.0.0.1', port: server.port }
  const { address, password } = credentials
  const urls = await discover(place, address, basicAuthorization(address, password))
  const mailboxId = `${server.alice.mailboxGuid}@example.com`
  t.match(urls.mailStoreUrl, new RegExp(`:${server.port}/mapi/emsmdb/\\?MailboxId=${mailboxId}$`))
  t.match(urls.addressBookUrl, new RegExp(`:${server.port}/mapi/nspi/\\?MailboxId=${mailboxId}$`))
  requirement('MS-OXCMAPIHTTP_R28', 'MS-OXCMAPIHTTP_R29', 'MS-OXCMAPIHTTP_R1436', 'MS-OXCMAPIHTTP_R1437')
  requirement('MS-OXCMAPIHTTP_R459')
  const client = await AddressBookClient.open({ ...place, ...credentials })
  t.teardown(() => client.close())
  t.equal(await client.bind(), '24eb51e4-fdec-4a9b-8f96-cf8a0ce006d8')
  t.same(server.nspi.last.request, { flags: 0, stat: statAtBeginning() })
  server.nspi.answers.set('dnToMid', { errorCode: 0, mids: [0x10, 0] })
  t.match(await client.ask('DNToMId', { names: ['/o=A/cn=alice', '/o=A/cn=nobody'] }), { minimalIds: [0x10, 0] })
  t.same(server.nspi.last.request, { names: ['/o=A/cn=alice', '/o=A/cn=nobody'] })
  await client.unbind()
  await t.rejects(client.ask('QueryColumns', { mapiFlags: 0 }), { name: 'MapiHttpError', responseCode: 10 })
  server.nspi.answers.set('bind', { errorCode: 0x8004011e, serverGuid: '' })
  client.cookies.clear()
  await t.rejects(client.bind(), { name: 'MapiHttpError', errorCode: 0x8004011e })
})

/** A server that answers everything with the same bytes behind its envelope. */
async function answering(
  body: Buffer,
  headers = ''
): Promise<{ options: AddressBookClientOptions; close(): Promise<void> }> {
  const http = new HttpServer({
    runtime: systemRuntime,
    limits: httpLimits(parseConfig({ logLevel: 'silent' })),
    routes: [
      {
        path: '/mapi/nspi',
        authenticate: false,
        bodyLimitBytes: 1 << 20,
        methods: ['POST'],
        handle: (_request, response) =>
          response.header('X-ResponseCode', '0').sendChunked(body, `PROCESSING\r\nDONE\r\n${headers}\r\n`)
      }
    ],
    schemes: []
  })
  const port = await http.listen(0, '127.0.0.1')
  return { options: { host: '127.0.0.1', port, ...credentials }, close: () => http.close(100) }
}

test('takes an answer only in the one form that it has', async t => {
  const ask = async (body: Buffer, headers?: string): Promise<unknown> => {
    const { options, close } = await answering(body, headers)
    const client = await AddressBookClient.openAt(options, '/mapi/nspi/')
    try {
      return await client.ask('QueryColumns', { mapiFlags: 0 })
    } finally {
      client.close()
      await close()
    }
  }
  const good = bytes().u32(0, 0).u8(0xff).u32(1, 0x3001001f).u32(0).buffer
  t.match(await ask(good), { errorCode: 0, columns: [0x3001001f] })
  await t.rejects(ask(Buffer.concat([good, Buffer.alloc(1)])), AddressBookBodyError)
  await t.rejects(
    ask(bytes().u32(0, 0).u8(0x01).u32(1, 0x3001001f).u32(0).buffer),
    AddressBookBodyError,
    'TRUE is 0xFF'
  )
  await t.rejects(ask(good.subarray(0, 12)), { name: 'MalformedBuffer' })
  await t.rejects(ask(bytes().u32(5, 0).buffer), MapiHttpError, 'a failure body')
  await t.rejects(ask(bytes().u32(5, 0).u8(1).buffer), AddressBookBodyError)
  await t.rejects(ask(good, 'X-ResponseCode: 1\r\n'), { name: 'MapiHttpError', responseCode: 1 })
})

test('a server without an address book', async t => {
  const server = await serve()
  t.teardown(server.close)
  await t.rejects(
    AddressBookClient.open({ host: '127.0.0.1', port: server.port, ...credentials, password: 'wrong' }),
    AutodiscoverError
  )
})
