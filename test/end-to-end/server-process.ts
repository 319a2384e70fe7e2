import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { ServerFile } from '../../src/cli/server-file.js'
import { MapiClient } from '../../src/client/mapi-client.js'

/** The command line as a user starts it, compiled beside these tests. */
export const MAIN = join(import.meta.dirname, '..', '..', 'src', 'main.js')

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
      env: { ...process.env, NO_COLOR: '1', FORCE_COLOR: undefined }
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

  get address(): { host: string; port: number } {
    const url = new URL(this.file.httpUrl)
    return { host: url.hostname, port: Number(url.port) }
  }

  /** A client of one of the world's users, not yet connected. */
  openClient(address: string, password = address.split('@')[0]): Promise<MapiClient> {
    return MapiClient.open({ ...this.address, address, password })
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
