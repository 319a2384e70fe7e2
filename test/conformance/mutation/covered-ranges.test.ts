import t from 'tap'
import { coveredRanges, isCovered, unionOf } from './covered-ranges.js'

const fn = (functionName: string, ...ranges: [number, number, number][]) => ({
  functionName,
  ranges: ranges.map(([startOffset, endOffset, count]) => ({ startOffset, endOffset, count }))
})

t.test('the innermost range says whether a place has run', async t => {
  const functions = [
    fn('', [0, 100, 1]),
    fn('a', [10, 40, 2], [20, 30, 0], [24, 26, 1]),
    fn('b', [50, 60, 0]),
    fn('c', [60, 90, 1]),
    fn('', [70, 80, 0])
  ]
  t.strictSame(coveredRanges({ url: '', functions }), [10, 20, 24, 26, 30, 40, 60, 70, 80, 90])
  t.strictSame(coveredRanges({ url: '', functions: [fn('', [0, 100, 1])] }), [], 'a module is loaded by everybody')
})

t.test('a place is in the ranges or not, its end excluded', async t => {
  const ranges = [10, 20, 24, 26]
  t.strictSame(
    [0, 9, 10, 19, 20, 23, 24, 26, 99].map(offset => isCovered(ranges, offset)),
    [false, false, true, true, false, false, true, false, false]
  )
  t.notOk(isCovered([], 0))
})

t.test('the union of what two processes ran', async t => {
  t.strictSame(unionOf([10, 20, 40, 50], [15, 30, 50, 60, 70, 80]), [10, 30, 40, 60, 70, 80])
  t.strictSame(unionOf([], [1, 2]), [1, 2])
  t.strictSame(unionOf([1, 9], [2, 3]), [1, 9])
})
