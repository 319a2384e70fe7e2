import t from 'tap'
import { readClaims } from './claims.js'
import { tally } from './tally.js'

const row = (number: number, testable = true) => ({ id: `MS-X_R${number}`, section: '1', text: 'says', testable })

t.test('claimed, open, explained and untestable rows of a document', async t => {
  const claims = readClaims('MS-X_R1\ta\nMS-X_R4\ta\npassed\ta\nMS-X_R2\tb\nfailed\tb\n')
  const counted = tally('MS-X', [row(1), row(2), row(3), row(4, false)], claims, new Map([['MS-X_R3', 'not built']]))
  t.match(counted, { claimed: 1, open: 2, explained: 1, untestable: 1, percent: 33.3 })
  t.strictSame(counted.list, [
    { id: 'MS-X_R2', section: '1', text: 'says' },
    { id: 'MS-X_R3', section: '1', text: 'says', reason: 'not built' }
  ])
})

t.test('a document is complete only when nothing is open', async t => {
  const lines = Array.from({ length: 1999 }, (_, i) => `MS-X_R${i}\ta\n`).join('')
  const requirements = Array.from({ length: 2000 }, (_, i) => row(i))
  t.equal(tally('MS-X', requirements, readClaims(`${lines}passed\ta\n`), new Map()).percent, 99.9)
  t.equal(tally('MS-X', [row(1, false)], readClaims(''), new Map()).percent, 100)
})
