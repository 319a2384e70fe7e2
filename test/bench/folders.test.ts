import t from 'tap'
import { benchFolders } from '../../bench/folders/folder-bench.js'

t.test('the bench of folders runs', async t => {
  const figures = await benchFolders(300)
  t.same(
    figures.map(({ name }) => name),
    ['copy', 'move within the mailbox', 'empty', 'delete for good']
  )
  for (const { asked, longestWaitMs, elapsedMs } of figures) t.ok(asked > 0 && longestWaitMs > 0 && elapsedMs > 0)
  for (const { saved, longestSaveMs } of figures) t.ok(saved > 0 && longestSaveMs > 0)
})
