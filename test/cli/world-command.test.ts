import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { LogonFolder, MailboxSession } from '../../src/client/mailbox-session.js'
import { createMessage, listMessages } from '../../src/client/message-actions.js'
import { property } from '../../src/client/property-values.js'
import { PidTagSubject } from '../../src/oxprops/property-tags.generated.js'
import { publishedSchemaText } from '../../src/world/published-schema.js'
import { run } from '../certificates/openssl.js'
import { HTTP_BASIC, MAIN, ServerProcess } from '../end-to-end/server-process.js'

const JPEG = Buffer.from('ffd8ffe000104a464946', 'hex')

const WORLD = `ropewalk: 1
name: cli
domain: cli.example
users:
  - address: kim@cli.example
    name: Kim
    password: kim
    photo: kim.jpg
    folders:
      - path: inbox
        messages: [{ subject: one, attachments: [{ name: kim.jpg, file: kim.jpg }] }]
        generate: { seed: 1, messages: 200 }
`

const ropewalk = (...args: string[]) => run(process.execPath, [MAIN, ...args])

function worldIn(folder: string): string {
  const file = join(folder, 'world.yaml')
  writeFileSync(file, WORLD)
  writeFileSync(join(folder, 'kim.jpg'), JPEG)
  return file
}

t.test('check says what a world contains, or what is wrong with it', async t => {
  const file = worldIn(t.testdir({}))
  t.match(await ropewalk('world', 'check', file), {
    code: 0,
    text: /is right: the world cli\.\n +1 users\n +1 folders\n +201 items\n/
  })
  const { text } = await ropewalk('world', 'check', file, '--json')
  t.match(JSON.parse(text), { ok: true, world: 'cli', counts: { users: 1, items: 201 } })
  writeFileSync(file, WORLD.replace('photo:', 'foto:'))
  const wrong = await ropewalk('world', 'check', file)
  t.equal(wrong.code, 1)
  t.ok(wrong.text.includes(`${file}:8:5: users.0.foto: there is no such key here; do you mean photo?`))
  t.match(wrong.text, /has 1 problem\./)
  const json = await ropewalk('world', 'check', file, '--json')
  t.equal(json.code, 1)
  t.match(JSON.parse(json.text.slice(0, json.text.lastIndexOf('}') + 1)), {
    ok: false,
    problems: [{ line: 8, column: 5 }]
  })
  t.match(await ropewalk('world', 'check', 'no-such-file.yaml'), { code: 1, text: /There is no world file/ })
})

t.test('schema prints the published schema', async t => {
  t.same(await ropewalk('world', 'schema'), { code: 0, text: publishedSchemaText() })
})

t.test('apply works on a data directory that no server uses', async t => {
  const folder = t.testdir({})
  const [file, data] = [worldIn(folder), join(folder, 'data')]
  t.match(await ropewalk('world', 'apply', file, '--data', data), {
    code: 0,
    text: /1 entries, 1 mailboxes, 201 items/
  })
  t.match(await ropewalk('world', 'apply', file, '--data', data), {
    code: 0,
    text: /was applied before; nothing has changed/
  })
  const { text } = await ropewalk('world', 'apply', file, '--data', data, '--json')
  t.match(JSON.parse(text), { world: 'cli', isUnchanged: true })
  t.match(await ropewalk('check', data), { code: 0, text: /201 messages: clean/ })
})

t.test('apply goes through the server that runs, files and all, while somebody writes', async t => {
  const folder = t.testdir({})
  const [file, data] = [worldIn(folder), join(folder, 'data')]
  writeFileSync(file, WORLD.slice(0, WORLD.indexOf('    folders:')))
  const server = await ServerProcess.start(data, ['--world', file])
  t.teardown(() => server.stop())
  const client = await server.openClient('kim@cli.example', 'kim', HTTP_BASIC)
  await client.connect()
  const session = await MailboxSession.logOn(client)
  const inbox = session.folderIds[LogonFolder.inbox]
  writeFileSync(file, WORLD)
  const work = ropewalk('world', 'apply', file, '--data', data)
  await createMessage(session, inbox, [property(PidTagSubject, 'mine')])
  t.match(await work, { code: 0, text: /added +201 items/ })
  const subjects = (await listMessages(session, inbox, [PidTagSubject])).map(([subject]) => subject)
  t.equal(subjects.length, 202)
  t.ok(subjects.includes('mine') && subjects.includes('one'))
  t.match(await ropewalk('world', 'apply', file, '--data', data), { code: 0, text: /was applied before/ })
  const inlined = WORLD.replace('photo: kim.jpg', `photo: { base64: ${JPEG.toString('base64')} }`)
  writeFileSync(file, inlined.replace('domain: cli', 'domain: CLI'))
  t.match(await ropewalk('world', 'apply', file, '--data', data), {
    code: 0,
    text: /added +nothing\n +updated +nothing/
  })
  writeFileSync(file, WORLD)
  // The server knows more than the file: an address that somebody else has there.
  writeFileSync(
    file,
    `${WORLD}  - { address: lee@cli.example, name: Lee, password: lee, folders: [{ path: reminders }] }\n`
  )
  t.match(await ropewalk('world', 'apply', file, '--data', data), { code: 1, text: /is a search folder/ })
  const { httpUrl, adminToken } = server.file
  const answer = await fetch(`${httpUrl}/admin/worlds`, {
    method: 'POST',
    headers: { authorization: `Bearer ${adminToken}`, 'content-type': 'application/yaml' },
    body: readFileSync(file, 'utf8')
  })
  t.equal(answer.status, 422)
  t.match(await answer.json(), {
    errors: [
      { path: 'users.0.photo', line: 8, column: 12 },
      { path: 'users.0.folders.0.messages.0.attachments.0.file' }
    ]
  })
  client.close()
})
