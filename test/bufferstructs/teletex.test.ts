import { test } from 'tap'
import { decodeString8, encodeString8, isKnownCodePage } from '../../src/bufferstructs/index.js'

const TELETEX = 20261

/** Text and its bytes as glibc's iconv converts it (-t T.61-8BIT). */
const VECTORS: readonly [string, string][] = [
  ['Zoë Müller', '5a6fc865204dc8756c6c6572'],
  ['Łódź', 'e8c26f64c27a'],
  ['Señor Ångström', '5365c46e6f7220ca416e67737472c86f6d'],
  ['Çelik Ğül', 'cb43656c696b20c647c8756c'],
  ['Œuvre ½ µ §', 'ea7576726520bd20b520a7'],
  ['Þórður Ægir Ødegård', 'ecc26f72f3757220e167697220e9646567ca617264'],
  ['ħŧŋĸđıß', 'f4fdfef0f2f5fb'],
  ['ŸýŻăőų', 'c859c279c75ac661cd6fce75']
]

test('code page 20261 as another program converts it', async t => {
  t.ok(isKnownCodePage(TELETEX))
  for (const [text, hex] of VECTORS) {
    t.equal(Buffer.from(encodeString8(text, TELETEX)).toString('hex'), hex, text)
    t.equal(decodeString8(Buffer.from(hex, 'hex'), TELETEX), text)
  }
})

test('ASCII stays as it is, also where T.61 has other characters', async t => {
  const ascii = Array.from({ length: 95 }, (_, i) => String.fromCharCode(0x20 + i)).join('')
  t.equal(Buffer.from(encodeString8(ascii, TELETEX)).toString('latin1'), ascii)
  t.equal(decodeString8(Buffer.from(`\xfb${ascii}`, 'latin1'), TELETEX), `ß${ascii}`)
})

test('what the code page lacks', async t => {
  t.equal(Buffer.from(encodeString8('a日ệ€b', TELETEX)).toString('latin1'), 'a???b')
  for (const hex of ['ff', 'c9', 'c2', '41c2', 'c0', 'e5', 'c2ff', 'c2c241']) {
    const text = decodeString8(Buffer.from(hex, 'hex'), TELETEX)
    t.equal(Buffer.from(encodeString8(text, TELETEX)).toString('hex'), hex)
  }
})
