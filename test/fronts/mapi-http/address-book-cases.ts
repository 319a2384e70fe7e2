import type { Nspi, NspiRow } from '../../../src/nspi/nspi.js'
import { PtypErrorCode, PtypInteger32, PtypMultipleString, PtypString8 } from '../../../src/oxcdata/property-type.js'
import { encodeValue } from '../../../src/oxcdata/property-value.js'
import { type Bytes, bytes, someStat } from './address-book-bytes.js'

/** One request type: the bytes of a request, what the address book is asked, and the bytes of each answer to it. */
export interface OperationCase {
  type: string
  request: Bytes
  method: keyof Nspi
  asked: unknown
  answers: readonly [answer: { errorCode: number } & Record<string, unknown>, response: Bytes][]
  claims: readonly string[]
}

const NAME = 0x3001001e
const WIDE_NAME = 0x3001001f
const DISPLAY_TYPE = 0x39000003
const ADDRESSES = 0x800f101f
const INVALID = 0x80070057
const ERRORS_RETURNED = 0x00040380
const NOT_FOUND = 0x8004010f
const stat = someStat()
const cyrillic = someStat({ codePage: 1251 })

const name8 = (text: string) => ({ tag: NAME, bytes: encodeValue(PtypString8, text) })
const displayType = { tag: DISPLAY_TYPE, bytes: encodeValue(PtypInteger32, 6) }
const noDisplayType = { tag: 0x3900000a, bytes: encodeValue(PtypErrorCode, NOT_FOUND) }
const rows: readonly NspiRow[] = [
  [name8('Я'), displayType],
  [name8('b'), noDisplayType]
]
const noRows = { columns: null, rows: [] }
/** Columns, RowCount and RowData of `rows` in code page 1251. */
const table = () => bytes().u32(2, NAME, DISPLAY_TYPE).u32(2).hex('00 ffdf00 06000000').hex('01 00ff6200 0a 0f010480')
/** The values of a property list in code page 1251. */
const list = () => bytes().u32(2).u32(NAME).hex('ffdf00').u32(0x3900000a).hex('0f010480')
const values: NspiRow = [name8('Я'), noDisplayType]

/** StatusCode and ErrorCode. */
const status = (errorCode: number) => bytes().u32(0, errorCode)
const ranges = (...pairs: (number | [number, number])[]) =>
  pairs.flatMap(one =>
    typeof one === 'number' ? [one] : Array.from({ length: one[1] - one[0] + 1 }, (_, i) => one[0] + i)
  )
const claim = (...pairs: (number | [number, number])[]) => ranges(...pairs).map(n => `MS-OXCMAPIHTTP_R${n}`)

/** Every request type but Bind and Unbind, with the requirements that its bytes show. */
export const OPERATION_CASES: readonly OperationCase[] = [
  {
    type: 'CompareMIds',
    request: bytes().u32(0xdeadbeef).u8(0xff).stat(stat).u32(0x10, 0x11),
    method: 'compareMids',
    asked: { stat, mid1: 0x10, mid2: 0x11 },
    answers: [
      [{ errorCode: 0, result: -1 }, status(0).i32(-1)],
      [{ errorCode: INVALID, result: 0 }, status(INVALID).i32(0)]
    ],
    claims: claim(399, 1290, 400, 401, [402, 404])
  },
  {
    type: 'DNToMId',
    request: bytes().u32(0).u8(0xff).u32(2).text8('/o=A/cn=x').text8(''),
    method: 'dnToMid',
    asked: { names: ['/o=A/cn=x', ''] },
    answers: [
      [{ errorCode: 0, mids: [0x10, 0] }, status(0).u8(0xff).u32(2, 0x10, 0)],
      [{ errorCode: INVALID, mids: null }, status(INVALID).u8(0)]
    ],
    claims: claim(1286, 1287, [430, 433], 1288, [440, 442])
  },
  {
    type: 'GetMatches',
    request: bytes()
      .u32(0)
      .u8(0xff)
      .stat(cyrillic)
      .u8(0xff)
      .u32(2, 0x10, 0x11)
      .u32(0x77)
      .u8(0xff)
      .hex('04 04')
      .u32(NAME)
      .u8(0xff)
      .u32(NAME)
      .hex('ff df 00')
      .u8(0xff)
      .guid('00112233-4455-6677-8899-aabbccddeeff')
      .u32(0x8009)
      .u32(50)
      .u8(0xff)
      .u32(2, NAME, DISPLAY_TYPE),
    method: 'getMatches',
    asked: {
      stat: cyrillic,
      mids: [0x10, 0x11],
      interfaceFlags: 0x77,
      filter: { kind: 'property', relop: 4, tag: NAME, value: name8('Я') },
      propertyName: { guid: '00112233-4455-6677-8899-aabbccddeeff', id: 0x8009 },
      rowCount: 50,
      columns: [NAME, DISPLAY_TYPE]
    },
    answers: [
      [
        { errorCode: 0, stat: cyrillic, mids: [0x10, 0x11], columns: [NAME, DISPLAY_TYPE], rows },
        status(0).u8(0xff).stat(cyrillic).u8(0xff).u32(2, 0x10, 0x11).u8(0xff).raw(table().buffer)
      ],
      [{ errorCode: INVALID, stat: null, mids: null, ...noRows }, status(INVALID).u8(0, 0, 0)]
    ],
    claims: claim(
      502,
      [524, 528],
      530,
      1449,
      533,
      516,
      534,
      535,
      1450,
      538,
      539,
      1294,
      [542, 545],
      1451,
      547,
      548
    ).concat(claim(551, 552, 1296, [555, 557]))
  },
  {
    type: 'GetPropList',
    request: bytes().u32(1, 0x10, 1251),
    method: 'getPropList',
    asked: { flags: 1, mid: 0x10, codePage: 1251 },
    answers: [
      [{ errorCode: 0, tags: [WIDE_NAME, DISPLAY_TYPE] }, status(0).u8(0xff).u32(2, WIDE_NAME, DISPLAY_TYPE)],
      [{ errorCode: INVALID, tags: null }, status(INVALID).u8(0)]
    ],
    claims: claim([579, 582], 584, [587, 589])
  },
  {
    type: 'GetProps',
    request: bytes().u32(2).u8(0xff).stat(cyrillic).u8(0xff).u32(2, NAME, DISPLAY_TYPE),
    method: 'getProps',
    asked: { flags: 2, stat: cyrillic, tags: [NAME, DISPLAY_TYPE] },
    answers: [
      [
        { errorCode: ERRORS_RETURNED, codePage: 1251, row: values },
        status(ERRORS_RETURNED).u32(1251).u8(0xff).raw(list().buffer)
      ],
      [{ errorCode: INVALID, codePage: 1251, row: null }, status(INVALID).u32(1251).u8(0)]
    ],
    claims: claim([619, 623], [626, 630])
  },
  {
    type: 'GetSpecialTable',
    request: bytes().u32(4).u8(0xff).stat(stat).u8(0xff).u32(7),
    method: 'getSpecialTable',
    asked: { flags: 4, stat, version: 7 },
    answers: [
      [
        { errorCode: 0, codePage: 1251, version: 8, rows: [values, []] },
        status(0).u32(1251).u8(0xff).u32(8).u8(0xff).u32(2).raw(list().buffer).u32(0)
      ],
      [{ errorCode: INVALID, codePage: 0, version: null, rows: null }, status(INVALID).u32(0).u8(0, 0)]
    ],
    claims: claim([664, 670], 672, 673, 675, 1452, [678, 682])
  },
  {
    type: 'GetTemplateInfo',
    request: bytes().u32(1, 6).u8(0xff).text8('/o=A/cn=t').u32(1251, 0x0419),
    method: 'getTemplateInfo',
    asked: { flags: 1, displayType: 6, templateDn: '/o=A/cn=t', codePage: 1251, localeId: 0x0419 },
    answers: [
      [{ errorCode: 0, codePage: 1251, row: values }, status(0).u32(1251).u8(0xff).raw(list().buffer)],
      [{ errorCode: INVALID, codePage: 1251, row: null }, status(INVALID).u32(1251).u8(0)]
    ],
    claims: claim([713, 717], [719, 723])
  },
  {
    type: 'ModLinkAtt',
    request: bytes().u32(1, 0x8009000d, 0x10).u8(0xff).u32(2).u32(2).u8(8, 9).u32(0),
    method: 'modLinkAtt',
    asked: { flags: 1, tag: 0x8009000d, mid: 0x10, entryIds: [Buffer.from([8, 9]), Buffer.alloc(0)] },
    answers: [
      [{ errorCode: 0 }, status(0)],
      [{ errorCode: INVALID }, status(INVALID)]
    ],
    claims: claim([757, 762])
  },
  {
    type: 'ModProps',
    request: bytes()
      .u32(0)
      .u8(0xff)
      .stat(cyrillic)
      .u8(0xff)
      .u32(1, DISPLAY_TYPE)
      .u8(0xff)
      .u32(2)
      .u32(NAME)
      .hex('ffdf00')
      .u32(ADDRESSES)
      .hex('ff 01000000 ff 4100 0000'),
    method: 'modProps',
    asked: {
      stat: cyrillic,
      remove: [DISPLAY_TYPE],
      values: [name8('Я'), { tag: ADDRESSES, bytes: encodeValue(PtypMultipleString, ['A']) }]
    },
    answers: [
      [{ errorCode: 0 }, status(0)],
      [{ errorCode: INVALID }, status(INVALID)]
    ],
    claims: claim([796, 801])
  },
  {
    type: 'QueryRows',
    request: bytes().u32(2).u8(0xff).stat(cyrillic).u32(2, 0x10, 0x11).u32(20).u8(0xff).u32(2, NAME, DISPLAY_TYPE),
    method: 'queryRows',
    asked: { flags: 2, stat: cyrillic, mids: [0x10, 0x11], rowCount: 20, columns: [NAME, DISPLAY_TYPE] },
    answers: [
      [
        { errorCode: 0, stat: cyrillic, columns: [NAME, DISPLAY_TYPE], rows },
        status(0).u8(0xff).stat(cyrillic).u8(0xff).raw(table().buffer)
      ],
      [{ errorCode: INVALID, stat: null, ...noRows }, status(INVALID).u8(0, 0)]
    ],
    claims: claim(825, [843, 847], [850, 864])
  },
  {
    type: 'QueryColumns',
    request: bytes().u32(0, 0x80000000),
    method: 'queryColumns',
    asked: { flags: 0x80000000 },
    answers: [
      [{ errorCode: 0, columns: [WIDE_NAME] }, status(0).u8(0xff).u32(1, WIDE_NAME)],
      [{ errorCode: INVALID, columns: null }, status(INVALID).u8(0)]
    ],
    claims: claim([885, 890], [892, 894])
  },
  {
    type: 'ResolveNames',
    request: bytes()
      .u32(0)
      .u8(0xff)
      .stat(cyrillic)
      .u8(0xff)
      .u32(2, NAME, DISPLAY_TYPE)
      .u8(0xff)
      .u32(2)
      .text16('Ян')
      .text16(''),
    method: 'resolveNames',
    asked: { stat: cyrillic, columns: [NAME, DISPLAY_TYPE], names: ['Ян', ''] },
    answers: [
      [
        { errorCode: 0, codePage: 1251, mids: [2, 0], stat: null, columns: [NAME, DISPLAY_TYPE], rows },
        status(0).u32(1251).u8(0xff).u32(2, 2, 0).u8(0xff).raw(table().buffer)
      ],
      [{ errorCode: INVALID, codePage: 1251, mids: null, stat: null, ...noRows }, status(INVALID).u32(1251).u8(0, 0)]
    ],
    claims: claim([934, 941], [943, 945], [947, 957])
  },
  {
    type: 'ResortRestriction',
    request: bytes().u32(0).u8(0xff).stat(stat).u8(0xff).u32(2, 0x11, 0x10),
    method: 'resortRestriction',
    asked: { stat, mids: [0x11, 0x10] },
    answers: [
      [{ errorCode: 0, stat, mids: [0x10, 0x11] }, status(0).u8(0xff).stat(stat).u8(0xff).u32(2, 0x10, 0x11)],
      [{ errorCode: INVALID, stat: null, mids: null }, status(INVALID).u8(0, 0)]
    ],
    claims: claim([993, 997], [999, 1011])
  },
  {
    type: 'SeekEntries',
    request: bytes()
      .u32(0)
      .u8(0xff)
      .stat(cyrillic)
      .u8(0xff)
      .u32(NAME)
      .hex('ffdf00')
      .u8(0xff)
      .u32(1, 0x10)
      .u8(0xff)
      .u32(2, NAME, DISPLAY_TYPE),
    method: 'seekEntries',
    asked: { stat: cyrillic, target: name8('Я'), mids: [0x10], columns: [NAME, DISPLAY_TYPE] },
    answers: [
      [
        { errorCode: 0, stat: cyrillic, columns: [NAME, DISPLAY_TYPE], rows },
        status(0).u8(0xff).stat(cyrillic).u8(0xff).raw(table().buffer)
      ],
      [{ errorCode: INVALID, stat: null, ...noRows }, status(INVALID).u8(0, 0)]
    ],
    claims: claim([1038, 1042], [1044, 1058])
  },
  {
    type: 'UpdateStat',
    request: bytes().u32(0).u8(0xff).stat(stat).u8(0xff),
    method: 'updateStat',
    asked: { stat, wantsDelta: true },
    answers: [
      [{ errorCode: 0, stat, delta: -3 }, status(0).u8(0xff).stat(stat).u8(0xff).i32(-3)],
      [{ errorCode: 0, stat: null, delta: null }, status(0).u8(0, 0)]
    ],
    claims: claim([1074, 1078], 1080, 1081, 1082, [1084, 1088])
  },
  {
    type: 'GetMailboxUrl',
    request: bytes().u32(0).text16('/o=A/cn=Servers/cn=S'),
    method: 'getMailboxUrl',
    asked: { serverDn: '/o=A/cn=Servers/cn=S' },
    answers: [
      [{ errorCode: 0, serverUrl: 'http://ä/mapi/emsmdb/' }, status(0).text16('http://ä/mapi/emsmdb/')],
      [{ errorCode: INVALID, serverUrl: '' }, status(INVALID).text16('')]
    ],
    claims: claim([1099, 1105])
  },
  {
    type: 'GetAddressBookUrl',
    request: bytes().u32(0).text16('/o=A/cn=alice'),
    method: 'getAddressBookUrl',
    asked: { userDn: '/o=A/cn=alice' },
    answers: [
      [{ errorCode: 0, serverUrl: 'http://h/mapi/nspi/' }, status(0).text16('http://h/mapi/nspi/')],
      [{ errorCode: INVALID, serverUrl: '' }, status(INVALID).text16('')]
    ],
    claims: claim([1117, 1123])
  }
]
