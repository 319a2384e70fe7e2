import { PassThrough } from 'node:stream'
import t from 'tap'
import { WorldProgressBar } from '../../src/cli/world-progress.js'

/** What is drawn on a terminal, or on a file, while ten steps of `stepMs` bring a world in. */
async function drawn(isTTY: boolean, stepMs: number): Promise<string> {
  let nowMs = 0
  const output = Object.assign(new PassThrough(), { isTTY, columns: 100 })
  const bar = new WorldProgressBar(output, () => nowMs)
  for (let done = 0; done <= 1000; done += 100) {
    bar.update({ done, total: 1000 })
    nowMs += stepMs
    // The bar's package is being loaded.
    await new Promise(resume => setTimeout(resume, 20))
  }
  await bar.stop()
  return String(output.read() ?? '')
}

t.test('a long application shows a bar on a terminal', async t => {
  const text = await drawn(true, 200)
  t.match(text, /Writing the world/)
  t.match(text, /of 1000 items/)
})

t.test('a short one shows none, and a file never gets one', async t => {
  t.equal(await drawn(true, 10), '')
  t.equal(await drawn(false, 200), '')
})
