import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { readRequirements, requirementDocuments } from './requirements.js'
import { readUnverifiable } from './unverifiable.js'

/** Every requirement that a test source names in quotes, which is how it is claimed. */
function* claimedInSources(folder: string): Generator<string> {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) yield* claimedInSources(path)
    else if (entry.name.endsWith('.ts'))
      for (const [, id] of readFileSync(path, 'utf8').matchAll(/['"`](MS-[A-Z]+_R\d+)['"`]/g)) yield id
  }
}

t.test('nobody claims what cannot be verified', async t => {
  const claimed = new Set(claimedInSources('test'))
  t.ok(claimed.has('MS-OXCFOLD_R352'), 'the sources were read')
  t.strictSame(
    [...readUnverifiable().keys()].filter(id => claimed.has(id)),
    []
  )
})

t.test('each row exists and is testable', async t => {
  const documents = requirementDocuments()
  if (documents.length === 0) return t.pass('the requirements are not beside this checkout')
  const testable = new Set(documents.flatMap(readRequirements).flatMap(one => (one.testable ? [one.id] : [])))
  t.strictSame(
    [...readUnverifiable().keys()].filter(id => !testable.has(id)),
    []
  )
})

t.test('a row has a reason, and stands there once', async t => {
  const folder = t.testdir({
    good: '# a remark\n\nMS-X_R1\tNot built.\n',
    bare: 'MS-X_R1\n',
    twice: 'MS-X_R1\ta\nMS-X_R1\tb\n'
  })
  t.strictSame([...readUnverifiable(join(folder, 'good'))], [['MS-X_R1', 'Not built.']])
  t.throws(() => readUnverifiable(join(folder, 'bare')), /not 'requirement, tab, reason'/)
  t.throws(() => readUnverifiable(join(folder, 'twice')), /stands there twice/)
})
