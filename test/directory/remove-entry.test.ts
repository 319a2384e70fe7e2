import t from 'tap'
import { Directory } from '../../src/directory/index.js'
import { systemRuntime } from '../../src/runtime.js'
import { keys, MemoryEngine, openStore, SERVER_MAILBOX } from '../../store/index.js'

t.test('who is removed takes along the rights to open his mailbox, and what else goes into the batch', async t => {
  const engine = new MemoryEngine()
  const { store } = await openStore(engine)
  const directory = await Directory.open(store, systemRuntime)
  const note = keys.setting.of(SERVER_MAILBOX, 'note')
  const team = await directory.add({ address: 'Team@example.com', displayName: 'Team' }, (batch, { id }) =>
    batch.put(note, Buffer.from([id]))
  )
  t.same(store.get(note), Buffer.from([team.id]))
  const kim = await directory.add({
    ...{ address: 'kim@example.com', displayName: 'Kim', fullAccess: ['team@example.com', 'lee@example.com'] }
  })
  const group = await directory.add({
    kind: 'group',
    address: 'all@example.com',
    displayName: 'All',
    members: [team.guid]
  })
  await directory.remove(team.guid, (batch, entry) => {
    t.equal(entry.guid, team.guid)
    batch.delete(note)
  })
  t.equal(store.get(note), undefined)
  const check = (found: Directory): void => {
    t.strictSame(found.byGuid(kim.guid)?.fullAccess, ['lee@example.com'])
    t.match(found.entryByGuid(group.guid), { members: [] })
    t.equal(found.entryByGuid(team.guid), undefined)
  }
  check(directory)
  check(await Directory.open(store, systemRuntime))
})
