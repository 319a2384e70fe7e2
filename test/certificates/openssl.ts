import { execFile, execFileSync } from 'node:child_process'

/** True where the openssl command is: an independent judge of what we make. */
export const hasOpenssl = isThere('openssl', ['version'])
export const hasCurl = isThere('curl', ['--version'])

/** What to give a test that needs a program. */
export const withOpenssl = { skip: hasOpenssl ? false : 'openssl is not installed' }
export const withCurl = { skip: hasCurl ? false : 'curl is not installed' }

export interface Ran {
  code: number
  /** Standard output and standard error. */
  text: string
}

/** Runs a program to its end; nothing on its standard input. */
export function run(program: string, args: readonly string[]): Promise<Ran> {
  return new Promise(resolve => {
    // The test runner asks for colours, which nobody wants to read in an answer.
    const env = { ...process.env, NO_COLOR: '1', FORCE_COLOR: undefined }
    const child = execFile(program, args, { timeout: 20_000, env }, (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : Number(error.code ?? 1), text: stdout + stderr })
    })
    child.stdin!.end()
  })
}

function isThere(program: string, args: string[]): boolean {
  try {
    execFileSync(program, args, { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}
