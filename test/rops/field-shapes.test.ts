/**
 * Layouts of ROPs against the field tables of [MS-OXCROPS] as they were transcribed apart from this code
 * (../shared/spec/rops.tsv): the sizes, kinds and order of all fields, for those ROPs too of which no bytes are at hand.
 * Where that folder is absent, these tests skip.
 */
import { existsSync, readFileSync } from 'node:fs'
import t from 'tap'
import { allRops } from '../../rops/index.js'
import { receiveFolderRow } from '../../rops/logon/logon-forms.js'
import type { Rop } from '../../rops/rop.js'
import { propertyRow, restrictionData } from '../../rops/wire-forms.js'
import type { AnyLayout, LayoutNode } from '../../src/bufferstructs/index.js'
import { longTermId } from '../../src/oxcdata/ids.js'
import { propertyName, propertyNameOrNone } from '../../src/oxcdata/property-name.js'
import { propertyTag } from '../../src/oxcdata/property-tag.js'
import { modifyRecipientRow, openRecipientRow, readRecipientRowLayout } from '../../src/oxcdata/recipient-row.js'
import { sortOrder } from '../../src/oxcdata/sort-order.js'
import { taggedPropertyValue } from '../../src/oxcdata/tagged-value.js'
import { typedString } from '../../src/oxcdata/typed-string.js'

const TABLE = '../shared/spec/rops.tsv'
const skip = existsSync(TABLE) ? false : 'no ../shared here'

/** Byte sizes and kinds of fields: `z` a string, `b` bytes, `v` a value with its tag, `[x]` a number of x. */
type Shape = string[]

const SIZES: Record<string, string> = {
  ...{ u8: '1', bool8: '1', flags8: '1', enum8: '1', u16: '2', bool16: '2', flags16: '2', enum16: '2' },
  ...{ u32: '4', i32: '4', flags32: '4', u64: '8', i64: '8', FID8: '8', MID8: '8', FIDorMID8: '8', GUID16: '16' },
  ...{
    GLOBCNT6: '6',
    LongTermID24: '24',
    PropertyTag4: '4',
    SortOrder5: '5',
    asciiz: 'z',
    stringz: 'z',
    stringz8: 'z'
  },
  ...{ TypedString: 's', PropertyRow: 'row', TaggedPropertyValue: 'v', PropertyName: 'n', Restriction: 'r' },
  ...{ bytes: 'b', bytes24: '24' }
}
const LOGON_TIME = ['1', '1', '1', '1', '1', '1', '2']

/** Custom codecs by what they stand for. */
const CUSTOM = new Map<unknown, Shape>([
  [codecOf(propertyTag), ['4']],
  [codecOf(longTermId), ['24']],
  [codecOf(sortOrder), ['5']],
  [codecOf(typedString), ['s']],
  [codecOf(taggedPropertyValue), ['v']],
  [codecOf(propertyName), ['n']],
  [codecOf(propertyNameOrNone), ['n']],
  [codecOf(propertyRow), ['row']],
  [codecOf(receiveFolderRow), ['row']],
  [codecOf(restrictionData), ['2', 'r']],
  ...[openRecipientRow, readRecipientRowLayout, modifyRecipientRow].map(
    layout => [codecOf(layout), ['struct']] as [unknown, Shape]
  )
])

function codecOf(layout: AnyLayout): unknown {
  return layout.node.kind === 'custom' ? layout.node.codec : undefined
}

const SCALARS: Record<string, string> = {
  ...{ u8: '1', bool8: '1', u16: '2', i16: '2', bool16: '2', u32: '4', i32: '4', f32: '4', u64: '8', i64: '8' },
  ...{ f64: '8', filetime: '8', id: '8', guid: '16', globcnt48: '6' }
}

function shapeOf(node: LayoutNode): Shape {
  switch (node.kind) {
    case 'scalar':
      return [SCALARS[node.scalar]]
    case 'bytes':
      return [typeof node.count === 'number' ? String(node.count) : 'b']
    case 'countedBytes':
      return [SCALARS[node.prefix.scalar], 'b']
    case 'rest':
      return ['b']
    case 'text':
      return node.form === 'ascii16' ? ['2', 'z'] : ['z']
    case 'array': {
      const element = repeated(node.element)
      return typeof node.count === 'object' ? [SCALARS[node.count.scalar], element] : [element]
    }
    case 'restOf':
      return [repeated(node.element)]
    case 'sized': {
      const inner = shapeOf(node.inner)
      return typeof node.prefix === 'object' ? [SCALARS[node.prefix.scalar], ...inner] : inner
    }
    case 'struct':
      return node.fields.flatMap(([, field]) => shapeOf(field))
    case 'optional':
      return [SCALARS[node.flag.scalar], ...shapeOf(node.inner)]
    case 'when':
      return shapeOf(node.inner)
    case 'union':
      return shapeOf(Object.values(node.cases)[0])
    case 'custom':
      return CUSTOM.get(node.codec) ?? [`custom: ${node.codec.why}`]
    default:
      return [node.kind]
  }
}

function repeated(element: LayoutNode): string {
  return element.kind === 'struct' ? '[struct]' : `[${shapeOf(element).join(' ')}]`
}

/** `FolderId:FID8; Servers:asciiz[ServerCount]{if IsGhosted!=0}` as names and shapes. */
function fieldsOf(text: string): { name: string; shape: Shape }[] {
  const fields = text.replace(/\{[^}]*\}/g, '').split(';')
  return fields
    .map(field => field.trim())
    .filter(field => /^\w+:/.test(field))
    .map(field => {
      const [, name, type, many] = /^(\w+):(\w+)(\[.*)?$/.exec(field)!
      if (type === 'LogonTime8') return { name, shape: LOGON_TIME }
      const size = SIZES[type] ?? 'struct'
      return { name, shape: [many !== undefined && size !== 'b' ? `[${size}]` : size] }
    })
}

const HEAD = /^(RopId|LogonId|\w+HandleIndex)$/

function requestShape(text: string): Shape {
  const fields = fieldsOf(text)
  const first = fields.findIndex(({ name }) => !HEAD.test(name))
  return first < 0 ? [] : fields.slice(first).flatMap(({ shape }) => shape)
}

function responseShape(text: string, serverOriginated: boolean): Shape {
  const fields = fieldsOf(text)
  const first = serverOriginated ? 1 : fields.findIndex(({ name }) => name === 'ReturnValue') + 1
  return fields.slice(first).flatMap(({ shape }) => shape)
}

interface Line {
  id: number
  request: string
  response: string
  special: string
}

function lines(): Map<number, Line> {
  const rows = readFileSync(TABLE, 'utf8').trimEnd().split('\n').slice(1)
  return new Map(
    rows.map(row => {
      const cells = row.split('\t')
      const id = Number(cells[0])
      return [id, { id, request: cells[8], response: cells[9], special: cells[11] ?? '' }]
    })
  )
}

/** Forms of the response that one row of the table cannot say in a line: see the tests below. */
const SEVERAL_FORMS = new Set(['RopLogon', 'RopNotify', 'RopFastTransferSourceGetBuffer'])

t.test('requests have the documented fields', { skip }, async t => {
  const documented = lines()
  for (const row of allRops) t.same(shapeOf(row.request.node), requestShape(documented.get(row.id)!.request), row.name)
})

t.test('responses have the documented fields', { skip }, async t => {
  const documented = lines()
  for (const row of allRops) {
    if (SEVERAL_FORMS.has(row.name)) continue
    const expected = responseShape(documented.get(row.id)!.response, row.serverOriginated === true)
    t.same(shapeOf(row.response.node), row.noResponse === true ? [] : expected, row.name)
  }
})

t.test('the private and the public form of RopLogon interleave as documented', { skip }, async t => {
  const logon = allRops.find(row => row.name === 'RopLogon')!
  const [priv, pub] = lines().get(logon.id)!.response.split('||')
  const all = shapeOf(logon.response.node)
  const perUserGuid = all.slice(-1)
  t.same(perUserGuid, ['16'])
  t.same(all.slice(0, -1), responseShape(priv.replace('PRIVATE: ', ''), false), 'private')
  // The public form lacks ResponseFlags and MailboxGuid, and has PerUserGuid in place of the three last fields.
  t.same([...all.slice(0, 2), '2', '16', ...perUserGuid], responseShape(pub.replace(' PUBLIC: ', ''), false), 'public')
})

t.test('failures with a body of their own have the documented fields', { skip }, async t => {
  const documented = lines()
  const special = (row: Rop, code: number): Shape => shapeOf((row.responseOn![code] as AnyLayout).node)
  for (const row of allRops) {
    const text = documented.get(row.id)!.special.split('||')[0]
    if (!text.startsWith('NULL DESTINATION')) continue
    t.same(special(row, 0x503), responseShape(text.replace(/^.*?\): /, ''), false), row.name)
  }
  const getBuffer = allRops.find(row => row.name === 'RopFastTransferSourceGetBuffer')!
  const fields = responseShape(documented.get(getBuffer.id)!.response, false)
  t.same(shapeOf(getBuffer.response.node), fields.slice(0, -1), 'with data')
  t.same(special(getBuffer, 0x480), [...fields.slice(0, -2), '4'], 'a busy server sends BackoffTime instead of data')
})
