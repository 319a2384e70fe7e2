/** The responses of the logon, folder and table ROPs, byte by byte ([MS-OXCROPS] 2.2.3, 2.2.4, 2.2.5). */
import t, { type Test } from 'tap'
import { allRops } from '../../../rops/index.js'
import type { Rop } from '../../../rops/rop.js'
import { generate, Random } from '../../../src/bufferstructs/index.js'
import { RopBatch } from '../../../src/client/rop-batch.js'
import { specialFid } from '../../../src/mailbox/folders/special-folders.js'
import * as tags from '../../../src/oxprops/property-tags.generated.js'
import { requirement } from '../../conformance/ledger.js'
import { alice, RealClient, RealWorld, rawAnswer } from './real-driver.js'
import { type Field, holdFields, opening, openingOutput, type Variable } from './wire-fields.js'

/** Places in the handle table that no ROP would take by chance. */
const [INPUT, OUTPUT] = [2, 5]
const indexes = {
  InputHandleIndex: INPUT,
  OutputHandleIndex: OUTPUT,
  SourceHandleIndex: INPUT,
  DestHandleIndex: OUTPUT
}

const byName = new Map(allRops.map(rop => [rop.name, rop]))
const ropNamed = (name: string): Rop => byName.get(name)!

/** Runs one ROP and gives its response as it is on the wire. */
async function raw(client: RealClient, rop: Rop, request: object, handle: number, other = 0xffffffff): Promise<Buffer> {
  const handles = new Array<number>(8).fill(0xffffffff)
  handles[INPUT] = handle
  if (rop.handles === 'source destination') handles[OUTPUT] = other
  const batch = new RopBatch(handles)
  batch.add(rop, { input: INPUT, output: OUTPUT, source: INPUT, destination: OUTPUT }, request)
  const payload = await rawAnswer(client, batch)
  return payload.subarray(2, payload.readUInt16LE(0))
}

const zeroEnded: Variable = (bytes, at) => ({ end: bytes.indexOf(0, at) + 1, count: 1 })
const elements =
  (countSize: number, size: number): Variable =>
  (bytes, at) => {
    const count = bytes.readUIntLE(at - countSize, countSize)
    return { end: at + count * size, count }
  }

/** Rows of a folder id, an 8-bit message class and a time, each without errors. */
const receiveFolders: Variable = (bytes, at) => {
  const count = bytes.readUInt32LE(at - 4)
  let end = at
  for (let row = 0; row < count; row++) {
    if (bytes[end] !== 0) throw new Error('not a standard row')
    end = bytes.indexOf(0, end + 1 + 8) + 1 + 8
  }
  return { end, count }
}

/** Rows of one 32-bit column: standard ones, or flagged ones whose cell is a value or an error behind its flag. */
const rowsOf32: Variable = (bytes, at) => {
  const count = bytes.readUInt16LE(at - 2)
  let end = at
  for (let row = 0; row < count; row++) end += bytes[end] === 0 ? 5 : 6
  return { end, count }
}

interface Case {
  rop: string
  section: string
  request: object
  handle: number
  fields: readonly Field[]
  other?: number
}

async function hold(t: Test, client: RealClient, { rop: name, section, request, handle, fields, other }: Case) {
  const rop = ropNamed(name)
  const bytes = await raw(client, rop, request, handle, other)
  holdFields(t, { section, ropId: rop.id, bytes, fields, indexes })
  return bytes
}

/** A failure has no more than the opening, whichever the ROP. */
async function holdFailure(t: Test, client: RealClient, rop: string, section: string, request: object, handle: number) {
  const fields = ropNamed(rop).output === undefined ? opening : openingOutput
  const bytes = await hold(t, client, { rop, section, request, handle, fields })
  t.not(bytes.readUInt32LE(2), 0, `${rop} fails`)
}

t.test('logons', async t => {
  const client = await RealClient.connect()
  const request = { logonFlags: 1, openFlags: 0x01000000, storeState: 0, essdn: alice.legacyDn }
  const fields = [
    ...[...openingOutput, 'LogonFlags 1', 'FolderIds 104', 'ResponseFlags 1', 'MailboxGuid 16', 'ReplId 2'],
    ...['ReplGuid 16', 'LogonTime 8', 'GwartTime 8', 'StoreState 4']
  ]
  const bytes = await hold(t, client, { rop: 'RopLogon', section: '2.2.3.1.2', request, handle: 0, fields })
  const replica = Buffer.from(client.mailbox.replicaBytes).toString('hex')
  t.equal(bytes.toString('hex', 128, 146), `0100${replica}`)
  requirement('MS-OXCROPS_R62', 'MS-OXCROPS_R70', 'MS-OXCROPS_R71')
  const [seconds, minutes, hour, dayOfWeek, day, month] = bytes.subarray(146, 152)
  t.same([hour, minutes, seconds], [9, 10, 11])
  t.same([dayOfWeek, day, month, bytes.readUInt16LE(152)], [3, 25, 11, 2026])
  requirement('MS-OXCROPS_R77', 'MS-OXCROPS_R79', 'MS-OXCROPS_R81', 'MS-OXCROPS_R83', 'MS-OXCROPS_R85')
  requirement('MS-OXCROPS_R87', 'MS-OXCROPS_R89')
  await holdFailure(t, client, 'RopLogon', '2.2.3.1.5', { ...request, essdn: '/o=nobody' }, 0)
  const world = await RealWorld.open()
  const elsewhere = await RealClient.connect({ world, redirect: () => '/o=Lab/cn=elsewhere' })
  const redirect: Variable = (all, at) => ({ end: at + all[at - 1], count: all[at - 1] })
  const redirected = [...openingOutput, 'LogonFlags 1', 'ServerNameSize 1', ['ServerName', redirect]] as const
  const server = { rop: 'RopLogon', section: '2.2.3.1.4', request, handle: 0, fields: redirected }
  const name = (await hold(t, elsewhere, server)).toString('latin1', 8)
  t.equal(name, '/o=Lab/cn=elsewhere\0')
  requirement('MS-OXCROPS_R121', 'MS-OXCROPS_R124')
})

t.test('what is asked of logons', async t => {
  const client = await RealClient.logOn()
  const folder = await client.folder('inbox')
  const cases: [rop: string, section: string, request: object, fields: readonly Field[]][] = [
    [
      'RopGetReceiveFolder',
      '2.2.3.2',
      { messageClass: 'IPM.Note' },
      ['FolderId 8', ['ExplicitMessageClass', zeroEnded]]
    ],
    ['RopGetReceiveFolderTable', '2.2.3.4', {}, ['RowCount 4', ['Rows', receiveFolders]]],
    ['RopLongTermIdFromId', '2.2.3.8', { objectId: specialFid('inbox') }, ['LongTermId 24']],
    [
      ...(['RopIdFromLongTermId', '2.2.3.9'] as const),
      { longTermId: { databaseGuid: client.mailbox.replicaGuid, globcnt: 0x10c } },
      ['ObjectId 8']
    ],
    [
      ...(['RopGetPerUserLongTermIds', '2.2.3.10'] as const),
      { databaseGuid: client.mailbox.replicaGuid },
      ['LongTermIdCount 2', ['LongTermIds', elements(2, 24)]]
    ]
  ]
  for (const [rop, section, request, fields] of cases) {
    const bytes = await hold(t, client, {
      ...{ rop, section: `${section}.2`, request, handle: 0 },
      fields: [...opening, ...fields]
    })
    t.equal(bytes.readUInt32LE(2), 0, `${rop} succeeds`)
    await holdFailure(t, client, rop, `${section}.3`, request, folder)
  }
  requirement('MS-OXCROPS_R209', 'MS-OXCROPS_R211')
})

t.test('folders', async t => {
  const client = await RealClient.logOn()
  const folder = await client.folder('inbox')
  const mid = await client.createMessage(specialFid('inbox'))
  const open = { folderId: specialFid('inbox'), openModeFlags: 0 }
  const opened = [...openingOutput, 'HasRules 1', 'IsGhosted 1']
  await hold(t, client, { rop: 'RopOpenFolder', section: '2.2.4.1.2', request: open, handle: 0, fields: opened })
  await holdFailure(t, client, 'RopOpenFolder', '2.2.4.1.3', { ...open, folderId: mid }, 0)
  const spec = { folderType: 1, useUnicodeStrings: true, openExisting: false, reserved: undefined, comment: '' }
  const create = { ...spec, displayName: 'Made' }
  const created = [...openingOutput, 'FolderId 8', 'IsExistingFolder 1']
  const made = { rop: 'RopCreateFolder', section: '2.2.4.2.2', request: create, handle: folder, fields: created }
  const bytes = await hold(t, client, made)
  await holdFailure(t, client, 'RopCreateFolder', '2.2.4.2.3', create, folder)
  const folderId = bytes.readUInt16LE(6) * 2 ** 48 + bytes.readUIntBE(8, 6)
  const partial = [...opening, 'PartialCompletion 1']
  const removal = { wantAsynchronous: false, notifyNonRead: false, messageIds: [mid] }
  await hold(t, client, {
    ...{ rop: 'RopDeleteFolder', section: '2.2.4.3.2', fields: partial },
    ...{ request: { deleteFolderFlags: 0, folderId }, handle: folder }
  })
  const message = await client.createMessage(specialFid('inbox'))
  await hold(t, client, {
    ...{ rop: 'RopDeleteMessages', section: '2.2.4.11.2', fields: partial, handle: folder },
    request: { ...removal, messageIds: [message] }
  })
  const hard = { rop: 'RopHardDeleteMessages', section: '2.2.4.12.2', fields: partial, handle: folder }
  await hold(t, client, { ...hard, request: { ...removal, messageIds: [message] } })
  const fromSource = ['RopId 1', 'SourceHandleIndex 1', 'ReturnValue 4']
  const transfer = { messageIds: [mid], wantAsynchronous: false, wantCopy: true }
  const move = { rop: 'RopMoveCopyMessages', request: transfer, handle: folder }
  const copied = [...fromSource, 'PartialCompletion 1']
  await hold(t, client, { ...move, section: '2.2.4.6.2', fields: copied, other: folder })
  const nowhere = [...fromSource, 'DestHandleIndex 4', 'PartialCompletion 1']
  await hold(t, client, { ...move, section: '2.2.4.6.3', fields: nowhere })
})

t.test('the tables of folders', async t => {
  const client = await RealClient.logOn()
  const folder = await client.folder('inbox')
  for (const [rop, section] of [
    ...([
      ['RopGetHierarchyTable', '2.2.4.13'],
      ['RopGetContentsTable', '2.2.4.14']
    ] as const)
  ]) {
    const request = { tableFlags: 0 }
    const fields = [...openingOutput, 'RowCount 4']
    await hold(t, client, { rop, section: `${section}.2`, request, handle: folder, fields })
    await holdFailure(t, client, rop, `${section}.3`, request, 0)
  }
})

t.test('tables', async t => {
  const client = await RealClient.logOn()
  for (let n = 0; n < 3; n++) await client.createMessage(specialFid('inbox'))
  const folder = await client.folder('inbox')
  const columns = [tags.PidTagImportance]
  const table = await client.contents(folder, columns)
  const sort = { sortTableFlags: 0, sortOrderCount: 1, categoryCount: 0, expandedCount: 0 }
  const cases: [rop: string, section: string, request: object, fields: readonly Field[]][] = [
    ['RopSetColumns', '2.2.5.1', { setColumnsFlags: 0, propertyTags: columns }, ['TableStatus 1']],
    ['RopSortTable', '2.2.5.2', { ...sort, sortOrders: [{ tag: columns[0], order: 0 }] }, ['TableStatus 1']],
    ['RopRestrict', '2.2.5.3', { restrictFlags: 0, restriction: null }, ['TableStatus 1']],
    [
      ...(['RopQueryRows', '2.2.5.4', { queryRowsFlags: 0, forwardRead: true, rowCount: 2 }] as const),
      ['Origin 1', 'RowCount 2', ['RowData', rowsOf32]]
    ],
    ['RopGetStatus', '2.2.5.6', {}, ['TableStatus 1']],
    ['RopQueryPosition', '2.2.5.7', {}, ['Numerator 4', 'Denominator 4']],
    [
      ...(['RopSeekRow', '2.2.5.8', { origin: 0, rowCount: 1, wantRowMovedCount: true }] as const),
      ['HasSoughtLess 1', 'RowsSought 4']
    ],
    ['RopQueryColumnsAll', '2.2.5.12', {}, ['PropertyTagCount 2', ['PropertyTags', elements(2, 4)]]]
  ]
  for (const [rop, section, request, fields] of cases) {
    const all = [...opening, ...fields]
    const bytes = await hold(t, client, { rop, section: `${section}.2`, request, handle: table, fields: all })
    t.equal(bytes.readUInt32LE(2), 0, `${rop} succeeds`)
    await holdFailure(t, client, rop, `${section}.3`, request, folder)
  }
  requirement('MS-OXCROPS_R1185', 'MS-OXCROPS_R1192')
  const fraction = { rop: 'RopSeekRowFractional', section: '2.2.5.10.2', handle: table, fields: opening }
  await hold(t, client, { ...fraction, request: { numerator: 1, denominator: 2 } })
  await hold(t, client, { rop: 'RopResetTable', section: '2.2.5.15.2', request: {}, handle: table, fields: opening })
  await holdFailure(t, client, 'RopAbort', '2.2.5.5.3', {}, table)
})

const alwaysFailing = [
  ...([
    ['RopGetStoreState', '2.2.3.5.3'],
    ['RopGetOwningServers', '2.2.3.6.3'],
    ['RopGetPerUserGuid', '2.2.3.11.3']
  ] as const),
  ...([
    ['RopPublicFolderIsGhosted', '2.2.3.7.3'],
    ['RopReadPerUserInformation', '2.2.3.12.3']
  ] as const),
  ...([
    ['RopGetSearchCriteria', '2.2.4.5.3'],
    ['RopSeekRowBookmark', '2.2.5.9.3']
  ] as const),
  ...([
    ['RopCreateBookmark', '2.2.5.11.3'],
    ['RopFindRow', '2.2.5.13.3'],
    ['RopExpandRow', '2.2.5.16.3']
  ] as const),
  ...([
    ['RopCollapseRow', '2.2.5.17.3'],
    ['RopGetCollapseState', '2.2.5.18.3']
  ] as const),
  ['RopSetCollapseState', '2.2.5.19.3'] as const
]

t.test('failures of whatever object', async t => {
  const client = await RealClient.logOn()
  const folder = await client.folder('inbox')
  const message = client.driver.put('message', {})
  for (const [name, section] of alwaysFailing) {
    const rop = ropNamed(name)
    const request = generate(rop.request, new Random(1)) as object
    await holdFailure(t, client, name, section, request, rop.input.includes('table') ? folder : message)
  }
})
