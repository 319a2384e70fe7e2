import t from 'tap'
import { LogonFolder, MailboxSession } from '../../src/client/mailbox-session.js'
import { MapiClient } from '../../src/client/mapi-client.js'
import { createMessage, listMessages, readMessage } from '../../src/client/message-actions.js'
import { property } from '../../src/client/property-values.js'
import { type RopewalkServer, startServer, type World } from '../../src/index.js'
import { PidTagCreationTime, PidTagSubject } from '../../src/oxprops/property-tags.generated.js'
import { toFiletime } from '../../src/runtime.js'
import { worldSchema } from '../../src/world/schema.js'

function makeWorld(name: string): World {
  const users = [{ address: `kim@${name}.example`, name: `Kim of ${name}`, password: 'kim' }]
  return worldSchema.parse({ ropewalk: 1, name, domain: `${name}.example`, users })
}

async function logOn(server: RopewalkServer, address: string): Promise<MailboxSession> {
  const { hostname, port } = new URL(server.urls.http)
  const client = await MapiClient.open({ host: hostname, port: Number(port), address, password: 'kim' })
  await client.connect()
  return MailboxSession.logOn(client)
}

const subjects = async (session: MailboxSession): Promise<unknown[]> =>
  (await listMessages(session, session.folderIds[LogonFolder.inbox], [PidTagSubject])).map(([subject]) => subject)

t.test('several servers in one process know nothing of each other', async t => {
  const first = await startServer({ memory: true, world: makeWorld('first'), ports: 0, logLevel: 'silent' })
  const second = await startServer({ memory: true, world: makeWorld('second'), ports: 0, logLevel: 'silent' })
  t.not(first.urls.http, second.urls.http)
  t.not(first.adminToken, second.adminToken)
  const one = await logOn(first, 'kim@first.example')
  const two = await logOn(second, 'kim@second.example')
  await createMessage(one, one.folderIds[LogonFolder.inbox], [property(PidTagSubject, 'only here')])
  t.same(await subjects(one), ['only here'])
  t.same(await subjects(two), [])
  await t.rejects(logOn(second, 'kim@first.example'), /refused the credentials/)
  await first.stop()
  t.same(await subjects(two), [], 'the other goes on when one stops')
  two.client.close()
  one.client.close()
  await second.stop()
})

t.test('clock and random numbers are those that were handed in', async t => {
  const now = Date.UTC(2031, 4, 17, 12)
  let byte = 0
  const server = await startServer({
    memory: true,
    world: makeWorld('clock'),
    ports: 0,
    logLevel: 'silent',
    clock: () => now,
    random: bytes => {
      for (let i = 0; i < bytes.length; i++) bytes[i] = byte++
      return bytes
    }
  })
  t.teardown(() => server.stop())
  const session = await logOn(server, 'kim@clock.example')
  const inbox = session.folderIds[LogonFolder.inbox]
  const mid = await createMessage(session, inbox, [property(PidTagSubject, 'dated')])
  const [created] = await readMessage(session, inbox, mid, [PidTagCreationTime])
  t.equal(created, toFiletime(now))
  session.client.close()
})

t.test('a stop is asked for more than once without harm', async t => {
  const server = await startServer({ memory: true, world: makeWorld('stop'), ports: 0, logLevel: 'silent' })
  await Promise.all([server.stop(), server.stop()])
  await t.rejects(fetch(`${server.urls.http}/healthz`))
})

t.test('settings are checked', async t => {
  await t.rejects(startServer({ memory: true, httpPort: 70_000 }), /setting httpPort/)
  await t.rejects(startServer({ memory: true, world: '/nowhere/world.yaml' }), /ENOENT/)
})
