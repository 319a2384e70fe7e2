/** The endpoint over the real address book service, asked by the client: what the request types are for. */

import { test } from 'tap'
import { AddressBookClient } from '../../../src/client/address-book-client.js'
import { AddressBook } from '../../../src/nspi/address-book.js'
import type { NspiRow, NspiValue } from '../../../src/nspi/nspi.js'
import { statAtBeginning } from '../../../src/nspi/stat.js'
import { decodeValue, encodeValue } from '../../../src/oxcdata/property-value.js'
import type { Personality } from '../../../src/personality.js'
import { requirement } from '../../conformance/ledger.js'
import { serve, type TestServer } from './fake-emsmdb.js'

const NAME = 0x3001001f
const NAME8 = 0x3001001e
const DISPLAY_TYPE = 0x39000003
const ENTRY_ID = 0x0fff0102
const MEMBERS = 0x8009000d
const DELEGATES = 0x8015000d
const SUCCESS = 0
const ERRORS_RETURNED = 0x00040380
const INVALID_LOCALE = 0x8004011f
const MID_UNRESOLVED = 0
const MID_AMBIGUOUS = 1
const MID_RESOLVED = 2
const END_OF_TABLE = 2
/** Bits that no flag field of the address book gives a meaning. */
const UNKNOWN_FLAGS = 0x00ff0000

interface Fixture extends TestServer {
  client: AddressBookClient
  /** Minimal entry ids by display name. */
  mids: Map<string, number>
}

/** Alice, Bob, Carla Cook, Carol Cook, and the group Team, whom Alice owns. */
async function start(
  t: { teardown(end: () => unknown): void },
  personality: Partial<Personality> = {}
): Promise<Fixture> {
  const server = await serve({ nspi: parts => new AddressBook(parts), personality })
  t.teardown(server.close)
  const { directory, alice, bob } = server
  for (const name of ['Carol Cook', 'Carla Cook']) {
    await directory.add({ address: `${name.split(' ')[0].toLowerCase()}@example.com`, displayName: name })
  }
  await directory.add({
    kind: 'group',
    address: 'team@example.com',
    displayName: 'Team',
    members: [bob.guid],
    owners: [alice.guid]
  })
  const target = `/mapi/nspi/?MailboxId=${alice.mailboxGuid}@${alice.domain}`
  const options = { host: '127.0.0.1', port: server.port, address: alice.address, password: 'secret' }
  const client = await AddressBookClient.openAt(options, target)
  t.teardown(() => client.close())
  await client.bind()
  const entries = directory.entries()
  const { minimalIds } = await client.ask('DNToMId', { names: entries.map(({ legacyDn }) => legacyDn) })
  return { ...server, client, mids: new Map(entries.map(({ displayName }, i) => [displayName, minimalIds?.[i] ?? 0])) }
}

const read = ({ tag, bytes }: NspiValue) => decodeValue(tag & 0xffff, bytes)
const names = (rows: readonly NspiRow[] | undefined) => rows?.map(([name]) => read(name))
const content = (text: string) => ({
  kind: 'content' as const,
  fuzzyLow: 2,
  fuzzyHigh: 1,
  tag: NAME,
  value: { tag: NAME, bytes: encodeValue(0x1f, text) }
})

test('names and ids', async t => {
  const { client, directory, mids } = await start(t)
  const [carol] = directory.entries().filter(({ displayName }) => displayName === 'Carol Cook')
  const { errorCode, minimalIds } = await client.ask('DNToMId', { names: ['/o=Nobody', carol.legacyDn] })
  t.equal(errorCode, SUCCESS)
  t.same(minimalIds, [0, mids.get('Carol Cook')], 'in the order of the names')
  t.ok([...mids.values()].every(mid => mid >= 0x10) && new Set(mids.values()).size === mids.size)
  requirement('MS-OXCMAPIHTTP_R405', 'MS-OXCMAPIHTTP_R436')

  const resolved = await client.ask('ResolveNames', {
    state: statAtBeginning(),
    propertyTags: [NAME, DISPLAY_TYPE],
    names: ['nobody at all', 'Cook', 'Carla Cook']
  })
  t.equal(resolved.errorCode, SUCCESS)
  t.same(resolved.minimalIds, [MID_UNRESOLVED, MID_AMBIGUOUS, MID_RESOLVED])
  t.same(resolved.table?.columns, [NAME, DISPLAY_TYPE])
  t.same(names(resolved.table?.rows), ['Carla Cook'])
  requirement('MS-OXCMAPIHTTP_R895', 'MS-OXCMAPIHTTP_R913', 'MS-OXCMAPIHTTP_R942', 'MS-OXCMAPIHTTP_R946')
})

test('rows of the Global Address List', async t => {
  const { client, mids } = await start(t)
  const all = await client.ask('QueryRows', {
    flags: 0,
    state: statAtBeginning(),
    explicitTable: [],
    rowCount: 50,
    columns: [NAME, DISPLAY_TYPE]
  })
  t.equal(all.errorCode, SUCCESS)
  const listed = names(all.table?.rows) ?? []
  t.same(listed, [...listed].sort(), 'by display name')
  t.ok(['Alice <Ä>', 'Bob & Co', 'Carla Cook', 'Carol Cook', 'Team'].every(name => listed.includes(name)))
  const chosen = [mids.get('Team') ?? 0, mids.get('Carol Cook') ?? 0]
  const rows = await client.ask('QueryRows', {
    flags: 0,
    state: statAtBeginning(),
    explicitTable: chosen,
    rowCount: 2,
    columns: [NAME8, ENTRY_ID]
  })
  t.same(rows.table?.columns, [NAME8, ENTRY_ID])
  t.same(names(rows.table?.rows), ['Team', 'Carol Cook'], 'of an explicit table, in its order')
  requirement('MS-OXCMAPIHTTP_R802', 'MS-OXCMAPIHTTP_R827')

  const matches = await client.ask('GetMatches', {
    state: statAtBeginning(),
    minimalIds: null,
    interfaceOptionFlags: 0,
    filter: content('car'),
    propertyName: null,
    rowCount: 10,
    columns: [NAME]
  })
  t.equal(matches.errorCode, SUCCESS)
  t.same(names(matches.table?.rows), ['Carla Cook', 'Carol Cook'])
  t.same(matches.minimalIds, [mids.get('Carla Cook'), mids.get('Carol Cook')])
  requirement('MS-OXCMAPIHTTP_R443')

  const sorted = await client.ask('ResortRestriction', {
    state: statAtBeginning(),
    minimalIds: [...(matches.minimalIds ?? [])].reverse()
  })
  t.same(sorted.minimalIds, matches.minimalIds)
  requirement('MS-OXCMAPIHTTP_R958')
})

test('places in the Global Address List', async t => {
  const { client, mids } = await start(t)
  const compare = async (one: string, other: string) => {
    const answer = await client.ask('CompareMIds', {
      state: statAtBeginning(),
      minimalId1: mids.get(one) ?? 0,
      minimalId2: mids.get(other) ?? 0
    })
    t.equal(answer.errorCode, SUCCESS)
    return answer.result
  }
  t.equal(await compare('Team', 'Team'), 0)
  t.ok((await compare('Bob & Co', 'Team')) < 0)
  t.ok((await compare('Team', 'Bob & Co')) > 0)
  requirement('MS-OXCMAPIHTTP_R372', 'MS-OXCMAPIHTTP_R2109', 'MS-OXCMAPIHTTP_R2110', 'MS-OXCMAPIHTTP_R2111')
  requirement('MS-OXCMAPIHTTP_R2112')

  const sought = await client.ask('SeekEntries', {
    state: statAtBeginning(),
    target: { tag: NAME, bytes: encodeValue(0x1f, 'Carm') },
    explicitTable: null,
    columns: [NAME]
  })
  t.equal(sought.errorCode, SUCCESS)
  t.equal(sought.state?.currentRecord, mids.get('Carol Cook'), 'the first that is not before it')
  t.equal(names(sought.table?.rows)?.[0], 'Carol Cook')
  requirement('MS-OXCMAPIHTTP_R1012')
  const inTable = await client.ask('SeekEntries', {
    state: statAtBeginning(),
    target: { tag: NAME, bytes: encodeValue(0x1f, 'C') },
    explicitTable: [mids.get('Bob & Co') ?? 0, mids.get('Carol Cook') ?? 0],
    columns: [NAME]
  })
  t.same(names(inTable.table?.rows), ['Carol Cook'])
  requirement('MS-OXCMAPIHTTP_R1013')

  const moved = await client.ask('UpdateStat', { state: statAtBeginning({ delta: 2 }), deltaRequested: true })
  t.equal(moved.errorCode, SUCCESS)
  t.equal(moved.delta, 2)
  t.equal(moved.state?.position, 2)
  const back = await client.ask('UpdateStat', {
    state: statAtBeginning({ currentRecord: END_OF_TABLE, delta: -1 }),
    deltaRequested: true
  })
  t.equal(back.delta, -1)
  t.equal(back.state?.position, (back.state?.totalRecords ?? 0) - 1)
  t.equal((await client.ask('UpdateStat', { state: statAtBeginning(), deltaRequested: false })).delta, null)
  requirement('MS-OXCMAPIHTTP_R1059', 'MS-OXCMAPIHTTP_R1083')
})

test('properties, tables, templates', async t => {
  const { client, mids } = await start(t)
  const mid = mids.get('Carol Cook') ?? 0
  const list = await client.ask('GetPropList', { flags: 1, minimalId: mid, codePage: 1200 })
  t.equal(list.errorCode, SUCCESS)
  const tags = list.propertyTags ?? []
  t.ok(tags.includes(NAME) && tags.includes(DISPLAY_TYPE))
  requirement('MS-OXCMAPIHTTP_R558')
  const state = statAtBeginning({ currentRecord: mid, codePage: 1200 })
  const values = await client.ask('GetProps', { flags: 0, state, propertyTags: tags })
  t.equal(values.errorCode, SUCCESS, 'each of them has a value')
  requirement('MS-OXCMAPIHTTP_R583')
  const asked = await client.ask('GetProps', { flags: 0, state, propertyTags: [DISPLAY_TYPE, 0x3a08001f, NAME] })
  t.equal(asked.errorCode, ERRORS_RETURNED)
  t.same(
    asked.propertyValues?.map(({ tag }) => tag),
    [DISPLAY_TYPE, 0x3a08000a, NAME]
  )
  t.equal(read((asked.propertyValues ?? [])[2]), 'Carol Cook')
  requirement('MS-OXCMAPIHTTP_R624')
  const columns = await client.ask('QueryColumns', { mapiFlags: 0x80000000 })
  t.ok(
    tags.every(tag => columns.columns?.includes(tag)),
    'all properties that there are'
  )
  requirement('MS-OXCMAPIHTTP_R865')

  const special = await client.ask('GetSpecialTable', { flags: 4, state: statAtBeginning(), version: 0 })
  t.equal(special.errorCode, SUCCESS)
  t.equal(special.version, 0, 'there is one, whatever the personality says of it')
  t.ok(special.rows?.every(row => row[0].tag === ENTRY_ID && row.some(({ tag }) => tag === NAME)))
  requirement('MS-OXCMAPIHTTP_R631', 'MS-OXCMAPIHTTP_R677')

  const template = await client.ask('GetTemplateInfo', {
    flags: 1,
    displayType: 0,
    templateDn: null,
    codePage: 1252,
    localeId: 0x0409
  })
  t.equal(template.errorCode, INVALID_LOCALE, 'there are no templates')
  t.equal(template.row, null)
})

test('links that a client changes', async t => {
  const { client, directory, mids, bob } = await start(t, { linkChangesAnswerFailure: false })
  const entryId = async (name: string, flags = 0) => {
    const state = statAtBeginning({ currentRecord: mids.get(name) ?? 0 })
    const { propertyValues } = await client.ask('GetProps', { flags, state, propertyTags: [ENTRY_ID] })
    return (propertyValues ?? [])[0].bytes
  }
  const members = () => {
    const team = directory.entryByAddress('team@example.com')
    return team?.kind === 'group' ? team.members.map(guid => directory.entryByGuid(guid)?.displayName) : undefined
  }
  const change = async (flags: number, propertyTag: number, name: string, entryIds: Uint8Array[]) =>
    (await client.ask('ModLinkAtt', { flags, propertyTag, minimalId: mids.get(name) ?? 0, entryIds })).errorCode
  t.equal(await change(0, MEMBERS, 'Team', [await entryId('Carol Cook'), await entryId('Carla Cook')]), SUCCESS)
  t.same(members()?.sort(), ['Bob & Co', 'Carla Cook', 'Carol Cook'])
  requirement('MS-OXCMAPIHTTP_R724', 'MS-OXCMAPIHTTP_R740', 'MS-OXCMAPIHTTP_R746', 'MS-OXCMAPIHTTP_R1333')
  t.equal(await change(1 | UNKNOWN_FLAGS, MEMBERS, 'Team', [await entryId('Carol Cook')]), SUCCESS)
  t.same(members()?.sort(), ['Bob & Co', 'Carla Cook'])
  requirement('MS-OXCMAPIHTTP_R1325')
  t.equal(await change(0, DELEGATES, 'Alice <Ä>', [await entryId('Bob & Co')]), SUCCESS)
  t.same(directory.byAddress('alice@example.com')?.delegates, [bob.guid])
  requirement('MS-OXCMAPIHTTP_R1335')
})

test('unknown flags change nothing', async t => {
  const { client, mids } = await start(t)
  const state = statAtBeginning({ currentRecord: mids.get('Team') ?? 0 })
  const minimalId = mids.get('Team') ?? 0
  const guid = await client.bind(statAtBeginning())
  t.equal(await client.bind(statAtBeginning(), UNKNOWN_FLAGS), guid)
  requirement('MS-OXCMAPIHTTP_R1320')
  const same = async <T>(id: number, ask: (flags: number) => Promise<T>) => {
    t.same(await ask(UNKNOWN_FLAGS), await ask(0))
    requirement(`MS-OXCMAPIHTTP_R${id}`)
  }
  await same(1321, flags => client.ask('GetPropList', { flags, minimalId, codePage: 1252 }))
  await same(1322, flags => client.ask('GetSpecialTable', { flags, state: statAtBeginning(), version: 0 }))
  await same(1323, flags => client.ask('GetProps', { flags, state, propertyTags: [NAME, ENTRY_ID] }))
  await same(1324, flags =>
    client.ask('GetTemplateInfo', {
      flags: flags | 1,
      displayType: 0,
      templateDn: null,
      codePage: 1252,
      localeId: 1033
    })
  )
  await same(1326, flags =>
    client.ask('QueryRows', { flags, state, explicitTable: [minimalId], rowCount: 1, columns: [NAME, ENTRY_ID] })
  )
  await same(1412, flags => client.ask('QueryColumns', { mapiFlags: flags }))
})

test('where mailbox and address book are', async t => {
  const { client, alice, directory, port } = await start(t)
  const place = `http://127.0.0.1:${port}/mapi`
  const book = await client.ask('GetAddressBookUrl', { userDn: alice.legacyDn })
  t.equal(book.errorCode, SUCCESS)
  t.equal(book.serverUrl, `${place}/nspi/?MailboxId=${alice.mailboxGuid}@${alice.domain}`)
  requirement('MS-OXCMAPIHTTP_R1106')
  const mailbox = await client.ask('GetMailboxUrl', { serverDn: directory.serverDn(alice) })
  t.equal(mailbox.errorCode, SUCCESS)
  t.equal(mailbox.serverUrl, `${place}/emsmdb/?MailboxId=${alice.mailboxGuid}@${alice.domain}`)
  requirement('MS-OXCMAPIHTTP_R1089')
})
