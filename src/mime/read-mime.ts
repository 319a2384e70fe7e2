import { Worker } from 'node:worker_threads'
import type { Email } from 'postal-mime'
import { MimeError, parseMimeHere } from './parse-mime-here.js'

/** Up to this size a message is taken apart at once, which takes some 4 ms; a larger one goes to a thread of its own. */
const HERE_BYTES = 128 << 10
/** Threads at once; what comes meanwhile waits. */
const THREADS = 2

let running = 0
const waiting: (() => void)[] = []

/** Takes a MIME message apart, without holding the event loop. Throws MimeError for what is none. */
export async function readMime(bytes: Uint8Array): Promise<Email> {
  if (bytes.byteLength <= HERE_BYTES) return parseMimeHere(bytes)
  if (running >= THREADS) await new Promise<void>(resolve => waiting.push(resolve))
  running++
  try {
    return await inThread(bytes)
  } finally {
    running--
    waiting.shift()?.()
  }
}

/** What the thread answers: the message, or why it is none. */
export type ThreadAnswer = { readonly email: Email } | { readonly fault: string }

function inThread(bytes: Uint8Array): Promise<Email> {
  // A copy that is nobody else's: what is handed over is gone here.
  const copy = new Uint8Array(bytes)
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL('./mime-thread.js', import.meta.url), {
      workerData: copy,
      transferList: [copy.buffer]
    })
    worker.once('message', (answer: ThreadAnswer) => {
      if ('email' in answer) resolve(answer.email)
      else reject(new MimeError(answer.fault))
    })
    worker.once('error', reject)
    worker.once('exit', () => reject(new Error('the thread that takes a message apart has ended without an answer')))
  })
}
