/** One script in a file that V8 writes for NODE_V8_COVERAGE. Offsets count UTF-16 units from the start of the source. */
export interface ScriptCoverage {
  url: string
  functions: {
    functionName: string
    ranges: { startOffset: number; endOffset: number; count: number }[]
  }[]
}

/** Half-open ranges of a source, ascending, disjoint: start, end, start, end ... */
export type Ranges = readonly number[]

/**
 * What ran inside functions. V8 nests ranges, and the innermost one that holds an offset says how often it ran. Code outside
 * of functions is left out: it runs when the module is loaded, by whoever tests something else.
 */
export function coveredRanges(script: ScriptCoverage): Ranges {
  const ranges = script.functions
    .filter(({ functionName, ranges }) => functionName !== '' || ranges[0].startOffset !== 0)
    .flatMap(({ ranges }) => ranges)
    .sort((a, b) => a.startOffset - b.startOffset || b.endOffset - a.endOffset)
  const covered: number[] = []
  const open: { endOffset: number; count: number }[] = []
  let position = 0
  const advance = (to: number): void => {
    if (to > position && (open.at(-1)?.count ?? 0) > 0) append(covered, position, to)
    position = Math.max(position, to)
  }
  const closeUntil = (offset: number): void => {
    while (open.length > 0 && open.at(-1)!.endOffset <= offset) {
      advance(open.at(-1)!.endOffset)
      open.pop()
    }
  }
  for (const range of ranges) {
    closeUntil(range.startOffset)
    advance(range.startOffset)
    open.push(range)
  }
  closeUntil(Number.POSITIVE_INFINITY)
  return covered
}

function append(ranges: number[], start: number, end: number): void {
  if (ranges.at(-1) === start) ranges[ranges.length - 1] = end
  else ranges.push(start, end)
}

/** What is in one or the other, e.g. because two processes of one test ran the same source. */
export function unionOf(a: Ranges, b: Ranges): Ranges {
  const pairs = [a, b].flatMap(ranges => ranges.flatMap((start, i) => (i % 2 === 0 ? [[start, ranges[i + 1]]] : [])))
  pairs.sort(([x], [y]) => x - y)
  const union: number[] = []
  for (const [start, end] of pairs) {
    if (union.length > 0 && start <= union.at(-1)!) union[union.length - 1] = Math.max(union.at(-1)!, end)
    else union.push(start, end)
  }
  return union
}

export function isCovered(ranges: Ranges, offset: number): boolean {
  let low = 0
  let high = ranges.length
  // The number of bounds at or before the offset: odd means inside of a range.
  while (low < high) {
    const middle = (low + high) >>> 1
    if (ranges[middle] <= offset) low = middle + 1
    else high = middle
  }
  return low % 2 === 1
}
