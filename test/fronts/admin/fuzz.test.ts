/** Random requests never crash the server, are never its own fault, and leave a sound store. */
import fc from 'fast-check'
import t from 'tap'
import { Directory } from '../../../src/directory/index.js'
import { operations } from '../../../src/fronts/admin/operations.js'
import { checkStore } from '../../../src/mailbox/check.js'
import { Mailboxes } from '../../../src/mailbox/mailboxes.js'
import { exchange2016 } from '../../../src/personality.js'
import { systemRuntime } from '../../../src/runtime.js'
import { MemoryEngine } from '../../../store/index.js'
import { openStore } from '../../../store/open-store.js'
import { fuzzRounds, fuzzSeed } from '../../fuzz/fuzz-settings.js'
import { AdminServer, keepingLog } from './admin-server.js'

type Json = null | boolean | number | string | Json[] | { [key: string]: Json }

const user = {
  address: 'max@example.com',
  name: 'Max',
  attributes: { title: 'x', photo: 'AAEC', seniority: 1 },
  aliases: ['m@example.com']
}
/** Bodies that are right, by operation: what is random begins near them. */
const RIGHT: Record<string, Json> = {
  addUser: { ...user, manager: 'kim@example.com', limits: { sendBytes: 5 }, roles: ['publicFolderOwner'] },
  changeUser: { name: 'Kim', disabled: true, attributes: { title: null }, opens: ['lee@example.com'] },
  addEntry: { kind: 'group', address: 'all@example.com', members: ['kim@example.com'], owners: [] },
  changeEntry: {
    members: ['lee@example.com'],
    hidden: true,
    filter: { kinds: ['user'], attributes: { city: 'Rome' } }
  },
  deliverMessage: {
    ...{
      from: 'Lee <lee@example.com>',
      to: ['kim@example.com'],
      subject: 'x',
      html: '<p>',
      received: '2026-01-01T00:00:00Z'
    },
    ...{ headers: { 'X-A': '1' }, attachments: [{ name: 'a', base64: 'AAEC', contentId: 'c' }] }
  },
  applyWorld: {
    ropewalk: 1,
    name: 'fuzz',
    domain: 'example.com',
    users: [{ address: 'w@example.com', name: 'W', password: 'x' }]
  }
}

/** A value with something in it replaced, removed or added. */
function changed(value: Json, by: Json, at: number): Json {
  const place = at % 7
  if (place === 0 || value === null || typeof value !== 'object') return by
  if (Array.isArray(value))
    return place === 1
      ? [...value, by]
      : value.map((one, n) => (n === at % value.length ? changed(one, by, at >> 1) : one))
  const keys = Object.keys(value)
  const key = keys[at % Math.max(1, keys.length)] ?? 'x'
  if (place === 1) return { ...value, [JSON.stringify(by).slice(0, 20)]: by }
  if (place === 2) return Object.fromEntries(Object.entries(value).filter(([name]) => name !== key))
  return { ...value, [key]: changed(value[key] ?? null, by, at >> 1) }
}

const segment = fc.oneof(
  fc.constantFrom(
    'kim@example.com',
    'lee@example.com',
    'KIM%40EXAMPLE.COM',
    '%',
    '%00',
    '%ff',
    '..',
    '',
    '0',
    'all@example.com'
  ),
  fc.string({ maxLength: 20 }).map(encodeURIComponent),
  fc.uuid()
)
const query = fc.oneof(
  { weight: 8, arbitrary: fc.constant('') },
  fc.constantFrom(
    '?limit=1',
    '?limit=0&cursor=1',
    '?check=true',
    '?kind=user',
    '?text=%',
    '?cursor=999999999999999',
    '?__proto__=1'
  ),
  fc.string({ maxLength: 20 }).map(text => `?${encodeURI(text)}`)
)
const type = fc.constantFrom(
  'application/json',
  'application/merge-patch+json',
  'application/yaml',
  'message/rfc822',
  'text/plain',
  'x'
)

t.test('random requests', async t => {
  const engine = new MemoryEngine()
  const lines: string[] = []
  const admin = await AdminServer.start(t, { memory: undefined, engine, log: keepingLog(lines) })
  for (const address of ['kim@example.com', 'lee@example.com']) {
    await admin.demand(201, 'POST', '/admin/users', { body: { address } })
  }
  const { adminToken, urls } = admin.server
  const statuses = new Map<number, number>()
  const ask = async (method: string, path: string, contentType: string, body: string | Uint8Array | undefined) => {
    const headers = { Authorization: `Bearer ${adminToken}`, 'Content-Type': contentType }
    const content = method === 'GET' || method === 'HEAD' ? undefined : (body as string)
    const response = await fetch(`${urls.http}${path}`, { method, headers, body: content })
    await response.arrayBuffer()
    statuses.set(response.status, (statuses.get(response.status) ?? 0) + 1)
    if (response.status === 500)
      throw new Error(`${method} ${path} ${contentType}: 500 for ${String(body)}\n${lines.at(-1)}`)
  }
  await fc.assert(
    fc.asyncProperty(
      ...([
        fc.constantFrom(...operations),
        segment,
        query,
        fc.json({ maxDepth: 3 }),
        fc.nat(),
        fc.nat(9),
        type
      ] as const),
      async (operation, name, search, by, at, how, contentType) => {
        const path = operation.path.replace(/\{\w+\}/g, () => name)
        const right = RIGHT[operation.id] ?? {}
        const text = JSON.stringify(how < 2 ? right : changed(right, JSON.parse(by) as Json, at))
        const form = how < 8 ? (Object.keys(operation.body ?? {})[0] ?? contentType) : contentType
        const body = how === 3 ? text.slice(0, at % (text.length + 1)) : text
        // The users stay, so that there is something to meet.
        const method = operation.method === 'DELETE' && how < 8 ? 'PATCH' : operation.method
        await ask(method, path + search, form, body)
      }
    ),
    { numRuns: 400 * fuzzRounds, seed: fuzzSeed }
  )
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 200 }), type, async (body, contentType) => {
      await ask('POST', '/admin/mailboxes/kim@example.com/messages', contentType, body)
      await ask('POST', '/admin/worlds?check=true', contentType, body)
      await ask('POST', '/admin/users', contentType, body)
    }),
    { numRuns: 50 * fuzzRounds, seed: fuzzSeed }
  )
  t.ok((statuses.get(201) ?? 0) > 5, 'some are taken')
  t.ok((statuses.get(422) ?? 0) > 20, 'many are refused')
  t.notOk(
    lines.some(line => line.startsWith('admin.failed')),
    'nothing failed by a defect'
  )
  t.comment([...statuses].map(([status, count]) => `${status}: ${count}`).join(', '))
  await admin.server.stop()

  const objects = await openStore(new MemoryEngine(engine))
  const directory = await Directory.open(objects.store, systemRuntime)
  const ownerOf = (number: number) => directory.byMailboxNumber(number)
  const mailboxes = new Mailboxes({
    objects,
    runtime: systemRuntime,
    personality: exchange2016,
    people: directory,
    ownerOf
  })
  t.same((await checkStore(objects, mailboxes)).problems, [])
  await objects.close()
})
