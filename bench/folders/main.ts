/** Prints what long operations on a folder cost everybody else: `node <build>/bench/folders/main.js [--messages 100000]`. */
import { parseArgs } from 'node:util'
import { benchFolders } from './folder-bench.js'

const { values } = parseArgs({ options: { messages: { type: 'string', default: '100000' } } })
for (const figure of await benchFolders(Number(values.messages))) {
  process.stdout.write(
    `${String(figure.messages).padStart(8)} ${figure.name.padEnd(26)} ${figure.elapsedMs.toFixed(0).padStart(8)} ms ` +
      `${figure.delays.longestMs.toFixed(1).padStart(8)} ms longest delay ` +
      `(${figure.delays.longestOwnMs?.toFixed(1) ?? '?'} ms of its own) ${figure.longestWaitMs.toFixed(1).padStart(8)} ms longest wait ` +
      `${figure.middleWaitMs.toFixed(1).padStart(6)} ms middle wait ${String(figure.asked).padStart(6)} asked ` +
      `${String(figure.late).padStart(4)} late ` +
      `${figure.longestSaveMs.toFixed(1).padStart(8)} ms longest save ${figure.middleSaveMs.toFixed(1).padStart(6)} ms middle save ` +
      `${String(figure.saved).padStart(6)} saved\n`
  )
}
