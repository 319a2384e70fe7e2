/**
 * Durability as clients see it: no answer leaves the server before the flush that covers what it says, and after a failed
 * flush sessions end, nothing unacknowledged is shown, and the server goes on.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import t, { type Test } from 'tap'
import { idOf, LogonFolder, MailboxSession } from '../../src/client/mailbox-session.js'
import { MapiClient } from '../../src/client/mapi-client.js'
import { changeMessage, createMessage, listMessages } from '../../src/client/message-actions.js'
import { property } from '../../src/client/property-values.js'
import { parseWorld, type RopewalkServer, startServer } from '../../src/index.js'
import { checkMailbox } from '../../src/mailbox/check.js'
import { PidTagMid, PidTagSubject } from '../../src/oxprops/property-tags.generated.js'
import { FaultyEngine } from '../../store/faulty-engine.js'

const WORLD = `
ropewalk: 1
name: faults
domain: example.test
users:
  - { address: alice@example.test, name: Alice, password: alice }
  - { address: bob@example.test, name: Bob, password: bob }
`
/** Long enough for an answer that nothing holds back. */
const ANSWERED_MS = 60

async function start(t: Test, engine: FaultyEngine): Promise<RopewalkServer> {
  const server = await startServer({ engine, world: parseWorld(WORLD, 'faults'), ports: 0, logLevel: 'silent' })
  t.teardown(() => server.stop())
  return server
}

async function logOn(server: RopewalkServer, user: string): Promise<MailboxSession> {
  const { hostname, port } = new URL(server.urls.http)
  const client = await MapiClient.open({
    ...{ host: hostname, port: Number(port), address: `${user}@example.test`, password: user }
  })
  await client.connect()
  return MailboxSession.logOn(client)
}

/** Whether a promise settles within the time in which an answer would have come. */
async function isAnswered(promise: Promise<unknown>): Promise<boolean> {
  const answered = promise.then(
    () => true,
    () => true
  )
  return Promise.race([answered, sleep(ANSWERED_MS).then(() => false)])
}

function inboxOf(session: MailboxSession): number {
  return session.folderIds[LogonFolder.inbox]
}

const subject = (text: string) => [property(PidTagSubject, text)]

async function subjects(session: MailboxSession): Promise<string[]> {
  const rows = await listMessages(session, inboxOf(session), [PidTagMid, PidTagSubject])
  return rows.map(([, text]) => String(text))
}

t.test('power: no answer leaves before the flush that covers it', async t => {
  const engine = new FaultyEngine()
  const server = await start(t, engine)
  const writer = await logOn(server, 'alice')
  const reader = await logOn(server, 'alice')
  const other = await logOn(server, 'bob')
  const inbox = inboxOf(writer)
  let mid = 0
  for (let round = 0; round < 8; round++) {
    const text = `round ${round}`
    const begun = engine.trace.length
    const release = engine.hold()
    const write =
      round % 2 === 0
        ? createMessage(writer, inbox, subject(text)).then(created => {
            mid = created
          })
        : changeMessage(writer, inbox, mid, subject(text))
    t.notOk(await isAnswered(write), `${text}: the write is not answered`)
    const read = subjects(reader)
    t.notOk(await isAnswered(read), `${text}: who may have seen it is not answered either`)
    t.ok(await isAnswered(subjects(other)), `${text}: who looks at another mailbox is`)
    const writes = engine.trace.slice(begun)
    t.equal(writes.filter(({ event }) => event === 'end').length, 0, 'nothing has reached the disk')
    release()
    await write
    t.ok(
      engine.trace.slice(begun).some(({ event, flush }) => event === 'end' && flush),
      `${text}: answered behind a flush`
    )
    t.ok((await read).includes(text))
  }
  for (const { client } of [writer, reader, other]) client.close()
})

t.test('power: an id that leaves without a commit waits for its reservation', async t => {
  const engine = new FaultyEngine()
  const server = await start(t, engine)
  const release = engine.hold()
  const mailbox = (await server.mailboxes.find(server.directory.byAddress('alice@example.test')!.mailboxNumber))!
  const ids = Promise.resolve(mailbox.reserveLocalIds(100_000))
  t.notOk(await isAnswered(ids))
  release()
  t.type(await ids, 'number')
})

t.test('a failed flush ends the sessions; the mailbox is opened again from disk', async t => {
  const engine = new FaultyEngine()
  const server = await start(t, engine)
  const writer = await logOn(server, 'alice')
  const bystander = await logOn(server, 'alice')
  const other = await logOn(server, 'bob')
  const kept = await createMessage(writer, inboxOf(writer), subject('kept'))
  engine.replan({ failAt: 1 })
  await t.rejects(createMessage(writer, inboxOf(writer), subject('lost')), 'the write is not acknowledged')
  engine.replan({})
  for (const session of [writer, bystander, other]) {
    await t.rejects(subjects(session), 'sessions of before have ended')
    session.client.close()
  }
  let again: MailboxSession | undefined
  for (let tries = 0; tries < 100 && again === undefined; tries++) {
    again = await logOn(server, 'alice').catch(() => undefined)
    if (again === undefined) await sleep(50)
  }
  t.ok(again, 'clients can connect again')
  const rows = await listMessages(again!, inboxOf(again!), [PidTagMid, PidTagSubject])
  t.same(
    rows.map(([, text]) => text),
    ['kept']
  )
  t.equal(idOf(rows[0][0]), kept)
  const next = await createMessage(again!, inboxOf(again!), subject('next'))
  t.not(next, kept)
  again!.client.close()
  const mailbox = (await server.mailboxes.find(server.directory.byAddress('alice@example.test')!.mailboxNumber))!
  t.same((await checkMailbox(mailbox)).problems, [])
})

t.test('a disk that refuses for a while is tried again', async t => {
  const engine = new FaultyEngine()
  const server = await start(t, engine)
  const writer = await logOn(server, 'alice')
  const reopen = engine.reopen.bind(engine)
  let refused = 0
  engine.reopen = async () => {
    if (++refused < 3) throw new Error('the disk is away')
    return reopen()
  }
  engine.replan({ failAt: 1 })
  await t.rejects(createMessage(writer, inboxOf(writer), subject('lost')))
  engine.replan({})
  await t.rejects(logOn(server, 'alice'), 'as long as the store is away nobody is let in')
  let again: MailboxSession | undefined
  for (let tries = 0; tries < 100 && again === undefined; tries++) {
    again = await logOn(server, 'alice').catch(() => undefined)
    if (again === undefined) await sleep(50)
  }
  t.equal(refused, 3)
  t.same(await subjects(again!), [])
  writer.client.close()
  again!.client.close()
})
