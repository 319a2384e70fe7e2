import { setTimeout as sleep } from 'node:timers/promises'
import { test } from 'tap'
import { basicAuthorization } from '../../../src/client/autodiscover.js'
import { HttpConnection } from '../../../src/client/http-connection.js'
import { writeConnectRequest } from '../../../src/client/mapi-http-body.js'
import type { EmsmdbPort } from '../../../src/fronts/mapi-http/index.js'
import { serve } from './fake-emsmdb.js'

/** Longer than an answer may take before its head would leave without it. */
const SLOW_MS = 60

test('a Connect that has to wait for its mailbox still brings the cookies of its context', async t => {
  const server = await serve()
  const { emsmdb } = server
  const connectAtOnce = emsmdb.connect.bind(emsmdb)
  const slow = emsmdb as unknown as { connect: EmsmdbPort['connect'] }
  slow.connect = async request => {
    await sleep(SLOW_MS)
    return connectAtOnce(request)
  }
  const connection = await HttpConnection.open({ host: '127.0.0.1', port: server.port })
  const headers = {
    Authorization: basicAuthorization('alice@example.com', 'secret'),
    'Content-Type': 'application/mapi-http',
    'X-RequestType': 'Connect',
    'X-RequestId': '{E2EA6C1C-E61B-49E9-9CFB-38184F907552}:1',
    'X-ClientApplication': 'Outlook/16.0.4266.1001'
  }
  const target = `/mapi/emsmdb/?MailboxId=${server.alice.mailboxGuid}@example.com`
  const body = writeConnectRequest({ userDn: server.alice.legacyDn })
  const response = await connection.request('POST', target, headers, body)
  t.equal(response.headers.get('x-responsecode'), '0')
  for (const name of ['MapiContext', 'MapiSequence']) {
    t.ok(
      response.setCookies.some(line => line.startsWith(`${name}=`) && !line.startsWith(`${name}=;`)),
      `${name} is set`
    )
  }
  connection.close()
  await server.close()
})
