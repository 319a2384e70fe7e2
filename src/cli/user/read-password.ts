import { createInterface } from 'node:readline'
import { Writable } from 'node:stream'
import { CommandError } from '../terminal.js'

/** More than any password; what is longer was not meant. */
const LIMIT_BYTES = 4096

/** A password from standard input: all of it, without the line break at its end. */
export async function readPassword(input: NodeJS.ReadStream = process.stdin): Promise<string> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of input) {
    chunks.push(Buffer.from(chunk))
    size += chunk.length
    if (size > LIMIT_BYTES) throw new CommandError('Standard input is too long for a password.')
  }
  const password = Buffer.concat(chunks)
    .toString('utf8')
    .replace(/\r?\n$/, '')
  if (password === '')
    throw new CommandError('Standard input has no password.', 'For example: printf \'%s\' "$PASSWORD" | ...')
  return password
}

/** Asks for a new password twice on the terminal, without showing it. */
export async function askPassword(address: string): Promise<string> {
  if (process.stdin.isTTY !== true) {
    throw new CommandError(
      'There is no terminal to ask for a password on.',
      'Send it with --password-stdin, or say --no-password.'
    )
  }
  const password = await askHidden(`Password of ${address}: `)
  if (password === '')
    throw new CommandError('A password is not empty.', '--no-password adds a user who cannot log on.')
  if ((await askHidden('Once more: ')) !== password) throw new CommandError('The two are not the same.')
  return password
}

/** Asks a question on the terminal. */
export async function ask(question: string): Promise<string> {
  return answer(question, process.stderr)
}

function askHidden(question: string): Promise<string> {
  const silent = new Writable({ write: (_chunk, _encoding, done) => done() })
  process.stderr.write(question)
  return answer('', silent).finally(() => process.stderr.write('\n'))
}

function answer(question: string, output: NodeJS.WritableStream): Promise<string> {
  const reader = createInterface({ input: process.stdin, output, terminal: true })
  return new Promise((resolve, reject) => {
    reader.once('SIGINT', () => {
      reader.close()
      reject(new CommandError('Nothing was changed.', undefined, 130))
    })
    reader.once('close', () => reject(new CommandError('Nothing was changed.')))
    reader.question(question, text => {
      resolve(text)
      reader.close()
    })
  })
}
