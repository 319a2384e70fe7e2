import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { LevelEngine } from '../../store/level-engine.js'

const root = mkdtempSync(join(tmpdir(), 'ropewalk-links-'))
t.teardown(() => rmSync(root, { recursive: true, force: true }))

const isLarge = (name: string): boolean => /\.(ldb|log)$/.test(name)
const largeFiles = (directory: string): string[] => readdirSync(directory).filter(isLarge)

/** Writes the same keys again and again, so that LevelDB fills logs and merges and removes tables. */
async function overwrite(engine: LevelEngine, rounds: number): Promise<void> {
  const value = Uint8Array.from({ length: 4096 }, (_, i) => (i * 2654435761) >>> 13)
  for (let round = 0; round < rounds; round++) {
    const operations = Array.from({ length: 64 }, (_, i) => ({ key: Uint8Array.of(i, round % 7), value }))
    await engine.write(operations, { flush: false })
  }
}

/** Looks again until it is so; fails after some seconds. */
async function eventually(engine: LevelEngine, isSo: () => boolean): Promise<boolean> {
  for (let attempt = 0; attempt < 500; attempt++) {
    if (isSo()) return true
    await overwrite(engine, 1)
    await new Promise(resolve => setTimeout(resolve, 10))
  }
  return false
}

t.test('what LevelDB will remove has a second link, and loses it after LevelDB has removed it', async t => {
  const directory = join(root, 'running')
  const engine = await LevelEngine.open(directory, { writeBufferMiB: 1 })
  const links = join(directory, 'second-links')
  const firstLog = largeFiles(directory)
  t.strictSame(readdirSync(links), firstLog, 'from the first log on')
  await overwrite(engine, 100)
  const isLinked = (name: string): boolean => existsSync(join(links, name))
  t.ok(await eventually(engine, () => largeFiles(directory).some(name => name.endsWith('.ldb') && isLinked(name))))
  const linked = largeFiles(directory).find(isLinked)!
  t.equal(statSync(join(directory, linked)).nlink, 2, 'the same file, not a copy')
  t.ok(await eventually(engine, () => !isLinked(firstLog[0])), 'the first log was merged, removed and freed')
  t.notOk(existsSync(join(directory, firstLog[0])))
  await engine.close()
  t.notOk(existsSync(links), 'closing leaves none')
})

t.test('a crash leaves links of files that are gone: opening removes them', async t => {
  const directory = join(root, 'crashed')
  await (await LevelEngine.open(directory)).close()
  const links = join(directory, 'second-links')
  mkdirSync(links)
  writeFileSync(join(links, '000003.log'), 'freed by nobody')
  const engine = await LevelEngine.open(directory)
  t.notOk(existsSync(join(links, '000003.log')))
  await engine.close()
})

t.test('where no link can be made the store works without', async t => {
  const directory = join(root, 'unlinkable')
  const engine = await LevelEngine.open(directory, { writeBufferMiB: 1 })
  rmSync(join(directory, 'second-links'), { recursive: true })
  await overwrite(engine, 20)
  t.notOk(existsSync(join(directory, 'second-links')))
  t.ok(engine.get(Uint8Array.of(1, 0)))
  await engine.reopen()
  t.ok(engine.get(Uint8Array.of(1, 0)))
  await engine.close()
})
