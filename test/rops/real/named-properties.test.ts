/** Named properties through the real processor over a real mailbox. */
import t from 'tap'
import { RopGetNamesFromPropertyIds } from '../../../rops/property/rop-get-names-from-property-ids.js'
import { RopGetPropertyIdsFromNames } from '../../../rops/property/rop-get-property-ids-from-names.js'
import { RopQueryNamedProperties } from '../../../rops/property/rop-query-named-properties.js'
import { type PropertyName, PS_MAPI } from '../../../src/oxcdata/property-name.js'
import { PS_INTERNET_HEADERS, PS_PUBLIC_STRINGS } from '../../../src/oxprops/property-sets.generated.js'
import { requirement } from '../../conformance/ledger.js'
import { MessageClient } from './message-actions.js'

const PSETID_COMMON = '00062008-0000-0000-c000-000000000046'
const MINE = '5f3b9d1c-0000-4000-8000-0123456789ab'
const CREATE = 2

async function ids(client: MessageClient, propertyNames: PropertyName[], flags = CREATE, handle = 0) {
  const { returnValue, value } = await client.call(RopGetPropertyIdsFromNames, { flags, propertyNames }, handle)
  return returnValue === 0 ? value!.propertyIds : returnValue
}

async function names(client: MessageClient, propertyIds: number[], handle = 0) {
  return (await client.call(RopGetNamesFromPropertyIds, { propertyIds }, handle)).value!.propertyNames
}

const one: PropertyName = { guid: MINE, name: 'Colour' }
const two: PropertyName = { guid: MINE, lid: 0x8510 }
const three: PropertyName = { guid: PSETID_COMMON, lid: 0x8510 }

t.test('names get ids once, in their order, and keep them', async t => {
  const client = await MessageClient.logOn()
  const { real } = client
  t.same(await ids(client, [one, two], 0), [0, 0])
  requirement('MS-OXCPRPT_R220', 'MS-OXCPRPT_R226', 'MS-OXCPRPT_R532', 'MS-OXCPRPT_R62801')
  const given = (await ids(client, [one, two, three, one])) as number[]
  t.equal(given.length, 4)
  t.equal(given[0], given[3])
  t.equal(new Set(given).size, 3)
  t.ok(given.every(id => id > 0x8000 && id < 0xffff))
  requirement('MS-OXCPRPT_R198', 'MS-OXCPRPT_R628', 'MS-OXCPRPT_R215', 'MS-OXCPRPT_R21502', 'MS-OXCPRPT_R216')
  requirement('MS-OXCPRPT_R218', 'MS-OXCPRPT_R21801', 'MS-OXCPRPT_R41404', 'MS-OXCPRPT_R41405', 'MS-OXCPRPT_R534')
  requirement('MS-OXCPRPT_R535', 'MS-OXCPRPT_R52502', 'MS-OXCPRPT_R20704')
  t.same(await ids(client, [three, one], 0), [given[2], given[0]])
  requirement('MS-OXCPRPT_R222', 'MS-OXCPRPT_R531')
  t.same(await ids(client, [{ guid: MINE, name: 'colour' }], 0), [0], 'names are told apart by case')
  t.same(await names(client, [given[2], given[0], given[1]]), [three, one, two])
  requirement('MS-OXCPRPT_R230', 'MS-OXCPRPT_R238', 'MS-OXCPRPT_R248', 'MS-OXCPRPT_R24802', 'MS-OXCPRPT_R249')
  requirement('MS-OXCPRPT_R250', 'MS-OXCPRPT_R521', 'MS-OXCPRPT_R51802', 'MS-OXCPRPT_R23704')
  requirement(
    'MS-OXCDATA_R21',
    'MS-OXCDATA_R25',
    'MS-OXCDATA_R26',
    'MS-OXCDATA_R27',
    'MS-OXCDATA_R29',
    'MS-OXCDATA_R30'
  )
  await real.world.restart()
  const later = await MessageClient.logOn({ world: real.world })
  t.same(await ids(later, [one, two, three], 0), given.slice(0, 3))
  const more = (await ids(later, [{ guid: MINE, lid: 1 }])) as number[]
  t.notOk(given.includes(more[0]))
  const bobs = real.world.bobs.propertyIdsFromNames([one], false, real.world.bobs.owner)
  t.same(bobs, [0], 'ids are of one mailbox')
})

t.test('on every kind of object', async t => {
  const client = await MessageClient.logOn()
  const message = await client.create()
  const { handle: attachment } = await client.attach(message)
  const folder = await client.real.folder('inbox')
  const [[id]] = [(await ids(client, [one])) as number[]]
  for (const handle of [message, attachment, folder, 0]) {
    t.same(await ids(client, [one], 0, handle), [id])
    t.same(await names(client, [id], handle), [one])
  }
  requirement('MS-OXCPRPT_R20701', 'MS-OXCPRPT_R20702', 'MS-OXCPRPT_R20703')
  requirement('MS-OXCPRPT_R23701', 'MS-OXCPRPT_R23702', 'MS-OXCPRPT_R23703')
})

t.test('PS_MAPI, Internet headers, ids without a name, and no names at all', async t => {
  const client = await MessageClient.logOn()
  const mapi: PropertyName[] = [
    { guid: PS_MAPI, lid: 0x0037 },
    { guid: PS_MAPI, name: 'Subject' },
    { guid: PS_MAPI, lid: 0x8001 }
  ]
  t.same(await ids(client, mapi), [0x0037, 0, 0])
  requirement('MS-OXCPRPT_R642', 'MS-OXCPRPT_R225')
  const headers = (await ids(client, [
    { guid: PS_INTERNET_HEADERS, name: 'X-Colour' },
    { guid: PS_INTERNET_HEADERS, name: 'x-colour' }
  ])) as number[]
  t.equal(headers[0], headers[1])
  t.same(await names(client, headers.slice(1)), [{ guid: PS_INTERNET_HEADERS, name: 'x-colour' }])
  t.same(await names(client, [0x0037, 0xfff0]), [{ guid: PS_MAPI, lid: 0x0037 }, undefined])
  requirement('MS-OXCPRPT_R518', 'MS-OXCPRPT_R519', 'MS-OXCPRPT_R520')
  const message = await client.create()
  const everything = (await ids(client, [], 0)) as number[]
  t.ok(everything.includes(headers[0]))
  t.same(await ids(client, [], 0, message), [])
})

t.test('RopQueryNamedProperties: what an object has', async t => {
  const client = await MessageClient.logOn()
  const message = await client.create()
  const named = [one, two, { guid: PS_PUBLIC_STRINGS, name: 'Keywords' }]
  const given = (await ids(client, named)) as number[]
  const [a, b, c] = given
  const query = async (queryFlags: number, propertyGuid: string | null, handle: number) => {
    const { value } = await client.call(RopQueryNamedProperties, { queryFlags, propertyGuid }, handle)
    t.equal(value!.idCount, value!.propertyIds.length)
    t.equal(value!.idCount, value!.propertyNames.length)
    return value!.propertyIds
  }
  t.same(await query(0, null, message), [])
  t.same(
    await client.real.set(message, [
      [(a << 16) | 0x001f, 'red'],
      [(b << 16) | 0x0003, 1],
      [(c << 16) | 0x101f, ['x', 'y']]
    ]),
    []
  )
  t.same(
    await query(0, null, message),
    [a, b, c].sort((x, y) => x - y)
  )
  t.same(await query(1, null, message), [b])
  t.same((await query(2, null, message)).sort(), [a, c].sort())
  t.same((await query(0, MINE, message)).sort(), [a, b].sort())
  t.same(await query(0xf0, PS_PUBLIC_STRINGS, message), [c])
  requirement('MS-OXCPRPT_R12901', 'MS-OXCPRPT_R132', 'MS-OXCPRPT_R134', 'MS-OXCPRPT_R138', 'MS-OXCPRPT_R141')
  requirement('MS-OXCPRPT_R14101', 'MS-OXCPRPT_R14201', 'MS-OXCPRPT_R14202', 'MS-OXCPRPT_R14203', 'MS-OXCPRPT_R14301')
  requirement('MS-OXCPRPT_R145', 'MS-OXCPRPT_R49502', 'MS-OXCPRPT_R876', 'MS-OXCPRPT_R877', 'MS-OXCPRPT_R878')
  requirement('MS-OXCPRPT_R87802')
  const folder = await client.real.folder('inbox')
  const { handle: attachment } = await client.attach(message, [[(a << 16) | 0x001f, 'red']])
  t.same(await query(0, null, folder), [])
  t.same(await query(0, null, attachment), [a])
  t.ok((await query(0, null, 0)).includes(c))
  requirement('MS-OXCPRPT_R12902', 'MS-OXCPRPT_R12903', 'MS-OXCPRPT_R12904')
  // What was set under a name comes back from the store under it.
  const opened = await client.open(await client.save(message))
  t.same(await client.real.get(opened, [(a << 16) | 0x001f, (b << 16) | 0x0003, (c << 16) | 0x101f]), [
    'red',
    1,
    ['x', 'y']
  ])
  requirement('MS-OXCMSG_R108')
})
