import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import t from 'tap'
import { isEquivalent, readEquivalents } from './equivalents.js'
import { mutationsOf } from './mutations.js'

const build = dirname(dirname(dirname(import.meta.dirname)))

t.test('every mutation that is noted as equivalent is one that could be drawn', async t => {
  const stale: string[] = []
  for (const one of readEquivalents()) {
    const script = one.source.replace(/\.ts$/, '.js')
    const path = join(build, script)
    const mutations = existsSync(path) ? mutationsOf(readFileSync(path, 'utf8')) : []
    if (!mutations.some(mutation => isEquivalent([one], script, mutation)))
      stale.push(`${one.source} ${one.within}: ${one.was}`)
  }
  t.strictSame(stale, [])
})

t.test('a line needs all of its columns', async t => {
  const folder = t.testdir({ short: '# a remark\nsrc/a.ts\tf\ta\tb\n', whole: 'src/a.ts\tf\ta\tb\twhy\n' })
  t.throws(() => readEquivalents(join(folder, 'short')), /not 'source, function/)
  t.strictSame(readEquivalents(join(folder, 'whole')), [
    { source: 'src/a.ts', within: 'f', was: 'a', becomes: 'b', reason: 'why' }
  ])
  t.strictSame(readEquivalents(join(folder, 'absent')), [])
})
