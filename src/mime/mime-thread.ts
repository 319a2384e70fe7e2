import { parentPort, workerData } from 'node:worker_threads'
import { MimeError, parseMimeHere } from './parse-mime-here.js'
import type { ThreadAnswer } from './read-mime.js'

/** The thread that takes one large message apart and answers with its parts. */
const port = parentPort
if (port !== null) {
  try {
    const email = await parseMimeHere(workerData as Uint8Array)
    const buffers = email.attachments.map(({ content }) => content).filter(content => content instanceof ArrayBuffer)
    port.postMessage({ email } satisfies ThreadAnswer, buffers)
  } catch (error) {
    if (!(error instanceof MimeError)) throw error
    port.postMessage({ fault: error.message } satisfies ThreadAnswer)
  }
}
