import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { ServerFile } from '../../src/cli/server-file.js'
import type { HttpConnectionOptions } from '../../src/client/http-connection.js'
import type { LogOnScheme } from '../../src/client/log-on.js'
import { MapiClient } from '../../src/client/mapi-client.js'
import { serverAddress } from '../../src/client/server-address.js'

/** The command line as a user starts it, compiled beside these tests. */
export const MAIN = join(import.meta.dirname, '..', '..', 'src', 'main.js')

/** How clients come in. */
export interface Door {
  readonly secure: boolean
  readonly auth: LogOnScheme
}

export const HTTP_BASIC: Door = { secure: false, auth: 'basic' }
export const HTTPS_NTLM: Door = { secure: true, auth: 'ntlm' }

const START_LIMIT_MS = 30_000

/** A Ropewalk server in a process of its own, as a user would have it. */
export class ServerProcess {
  private constructor(
    readonly child: ChildProcess,
    readonly file: ServerFile,
    readonly dataDir: string,
    readonly startedInMs: number,
    private readonly output: { text: string }
  ) {}

  /** Starts `ropewalk serve` on a free port and waits for its server.json; `main` is the command line to run. */
  static async start(dataDir: string, args: readonly string[] = [], main = MAIN): Promise<ServerProcess> {
    const began = performance.now()
    const child = spawn(process.execPath, [main, 'serve', '--data', dataDir, '--http-port', '0', ...args], {
      stdio: ['ignore', 'pipe', 'pipe'],
      // As somebody has it who installed the package, whoever runs the tests.
      env: { ...process.env, NO_COLOR: '1', FORCE_COLOR: undefined, npm_package_name: undefined }
    })
    const output = { text: '' }
    child.stdout!.on('data', chunk => (output.text += chunk))
    child.stderr!.on('data', chunk => (output.text += chunk))
    const path = join(dataDir, 'server.json')
    for (;;) {
      if (child.exitCode !== null) throw new Error(`the server ended with ${child.exitCode}:\n${output.text}`)
      if (performance.now() - began > START_LIMIT_MS) {
        child.kill('SIGKILL')
        throw new Error(`the server did not become ready:\n${output.text}`)
      }
      if (existsSync(path)) {
        const file = JSON.parse(readFileSync(path, 'utf8')) as ServerFile
        if (file.pid === child.pid) return new ServerProcess(child, file, dataDir, performance.now() - began, output)
      }
      await sleep(10)
    }
  }

  /** What the server has printed, once it contains `part`: server.json can be there before the last line has come through. */
  async textWith(part: string): Promise<string> {
    const began = performance.now()
    while (!this.output.text.includes(part)) {
      if (performance.now() - began > START_LIMIT_MS)
        throw new Error(`'${part}' was never printed:\n${this.output.text}`)
      await sleep(10)
    }
    return this.output.text
  }

  /** How to connect: over plain HTTP, or over TLS with the authority that the server has made. */
  addressFor(secure: boolean): HttpConnectionOptions {
    const { httpUrl, httpsUrl, caFile } = this.file
    return secure ? serverAddress(httpsUrl!, readFileSync(caFile!, 'utf8')) : serverAddress(httpUrl)
  }

  get address(): HttpConnectionOptions {
    return this.addressFor(false)
  }

  /** A client of one of the world's users, not yet connected. */
  openClient(address: string, password = address.split('@')[0], door: Door = HTTP_BASIC): Promise<MapiClient> {
    return MapiClient.open({ ...this.addressFor(door.secure), address, password, auth: door.auth })
  }

  /** Ends the process with a signal and waits until it is gone; returns its exit code and how long that took. */
  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<{ code: number | null; tookMs: number }> {
    const began = performance.now()
    const ended = new Promise<void>(resolve => {
      if (this.child.exitCode !== null || this.child.signalCode !== null) resolve()
      else this.child.once('exit', () => resolve())
    })
    this.child.kill(signal)
    await ended
    return { code: this.child.exitCode, tookMs: performance.now() - began }
  }
}
