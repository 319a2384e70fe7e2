import { test } from 'tap'
import type { NspiValue, Stat } from '../../../src/nspi/index.js'
import { statAtBeginning } from '../../../src/nspi/stat.js'
import { withType } from '../../../src/oxcdata/property-tag.js'
import { encodeValue } from '../../../src/oxcdata/property-value.js'
import * as tags from '../../../src/oxprops/property-tags.generated.js'
import { requirement } from '../../conformance/ledger.js'
import { byTheText, CERTIFICATE, type SampleBook, sampleBook, valueIn } from '../sample-book.js'

const ACCESS_DENIED = 0x80070005
const INVALID_OBJECT = 0x80040108
const INVALID_PARAMETER = 0x80070057
const X509 = tags.PidTagAddressBookX509Certificate >>> 0
const SMIME = tags.PidTagUserX509Certificate >>> 0
const NEW = Uint8Array.from([0x30, 0x01, 0x09])

const certificates = (tag: number, ...list: Uint8Array[]): NspiValue => ({ tag, bytes: encodeValue(0x1102, list) })

function changer(sample: SampleBook, alias = 'alice') {
  return (of: string | Partial<Stat>, remove: number[] | null, values: NspiValue[] | null, who = alias) => {
    const stat = typeof of === 'string' ? statAtBeginning({ currentRecord: sample.mid(of) }) : statAtBeginning(of)
    return sample.book.modProps(sample.caller(who), { stat, remove, values })
  }
}

function shown(sample: SampleBook, tag: number) {
  const stat = statAtBeginning({ currentRecord: sample.mid('alice') })
  return valueIn(sample.book.getProps(sample.caller('bob'), { flags: 0, stat, tags: [tag] }).row, tag)
}

test('N11: certificates as the document says', async t => {
  const sample = await sampleBook(byTheText)
  const change = changer(sample)
  t.same(shown(sample, X509), [CERTIFICATE])
  t.same(await change('alice', [], [certificates(X509, NEW, CERTIFICATE), certificates(SMIME, NEW)]), { errorCode: 0 })
  requirement('MS-OXNSPI_R1267', 'MS-OXNSPI_R1268', 'MS-OXNSPI_R1305', 'MS-OXPROPS_R5309', 'MS-OXPROPS_R5310')
  requirement('MS-OXPROPS_R8875', 'MS-OXPROPS_R8876')
  t.same([shown(sample, X509), shown(sample, SMIME)], [[NEW, CERTIFICATE], [NEW]])
  t.same(await change('alice', [X509], null), { errorCode: 0 })
  t.same([shown(sample, X509), shown(sample, SMIME)], [undefined, [NEW]])
  t.same(await change('alice', [], [certificates(SMIME)], 'erik'), { errorCode: 0 }, 'an administrator')
  t.equal(shown(sample, SMIME), undefined)
})

test('certificates as Exchange 2016: they are only removed', async t => {
  const sample = await sampleBook()
  t.same(await changer(sample)('alice', [SMIME], [certificates(X509, NEW)]), { errorCode: 0 })
  t.equal(shown(sample, X509), undefined)
})

test('what cannot be changed, and changes nothing', async t => {
  const sample = await sampleBook(byTheText)
  const change = changer(sample)
  const before = sample.directory.generation
  const code = async (...args: Parameters<typeof change>) => (await change(...args)).errorCode
  t.equal(await code('alice', null, []), INVALID_PARAMETER)
  requirement('MS-OXNSPI_R1291')
  t.equal(await code({ currentRecord: 0xffffff }, [X509], []), INVALID_PARAMETER)
  t.equal(await code({ currentRecord: 0 }, [X509], []), INVALID_PARAMETER)
  requirement('MS-OXNSPI_R1293')
  for (const other of ['sales', 'all', 'zoe', 'news']) t.equal(await code(other, [X509], []), INVALID_OBJECT)
  t.equal(await code('bob', [X509], []), ACCESS_DENIED, 'of somebody else')
  requirement('MS-OXCDATA_R907', 'MS-OXCDATA_R908')
  t.equal(await code('alice', [tags.PidTagTitle], []), ACCESS_DENIED)
  t.equal(await code('alice', [X509, tags.PidTagTitle], []), ACCESS_DENIED)
  t.equal(await code('alice', [], [{ tag: withType(X509, 0x102), bytes: NEW }]), ACCESS_DENIED)
  t.equal(await code('alice', [], [certificates(X509, new Uint8Array(64 << 10))]), ACCESS_DENIED, 'too large')
  t.equal(await code('alice', [], [certificates(X509, new Uint8Array(0))]), ACCESS_DENIED, 'an empty one')
  t.equal(sample.directory.generation, before)
  t.same(shown(sample, X509), [CERTIFICATE])
  requirement('MS-OXNSPI_R1284')
  t.equal(
    (await sample.book.modProps(sample.caller('alice'), { stat: null, remove: [], values: [] })).errorCode,
    INVALID_PARAMETER
  )
  t.equal(await code({ codePage: 1200, currentRecord: sample.mid('alice') }, [SMIME], null), 0)
  requirement('MS-OXNSPI_R1280')
})
