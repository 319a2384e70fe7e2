import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { Random } from '../../src/bufferstructs/index.js'
import { MAIN } from '../end-to-end/server-process.js'
import { KillDriver } from './kill-driver.js'

/** Rounds of the kill driver: KILL_ROUNDS=1000 for a long run; KILL_SEED repeats one. */
const ROUNDS = Number(process.env.KILL_ROUNDS ?? 50)
const SEED = Number(process.env.KILL_SEED ?? 1)

const WORLD = `
ropewalk: 1
name: kill
domain: kill.example
users:
  - { address: kim@kill.example, name: Kim, password: kim }
`

t.test(`${ROUNDS} kills under a writing load lose nothing that was acknowledged`, { timeout: 0 }, async t => {
  const dataDir = mkdtempSync(join(tmpdir(), 'ropewalk-kill-'))
  t.teardown(() => rmSync(dataDir, { recursive: true, force: true }))
  const world = join(dataDir, 'world.yaml')
  writeFileSync(world, WORLD)
  const store = join(dataDir, 'store')
  const driver = new KillDriver(store, new Random(SEED), { world, address: 'kim@kill.example', writers: 4 })
  for (let round = 0; round < ROUNDS; round++) {
    await driver.round()
    if (driver.lost.length > 0) break
  }
  await driver.finish()
  t.strictSame(driver.lost, [], `seed ${SEED}`)
  t.ok(driver.created > ROUNDS, `${driver.created} messages were acknowledged`)
  const check = spawnSync(process.execPath, [MAIN, 'check', store], { encoding: 'utf8' })
  t.equal(check.status, 0, `the store checks clean: ${check.stdout}${check.stderr}`)
})
