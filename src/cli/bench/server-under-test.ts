import { type ChildProcess, fork } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { HttpConnectionOptions } from '../../client/http-connection.js'
import type { LogOnScheme } from '../../client/log-on.js'
import type { BenchServerInfo, BenchServerUsage } from './serve-for-bench.js'

/** What a server spent between two moments. Undefined where it cannot be known, as with a foreign server elsewhere. */
export interface Usage {
  cpuMs: number | undefined
  /** Longest time that its event loop was held. */
  longestDelayMs: number | undefined
}

/** Whose mailbox is measured, and how to log on; by Basic unless said. */
export interface BenchUser {
  address: string
  password: string
  auth?: LogOnScheme
}

export interface ServerUnderTest {
  /** How to connect to it. */
  at: HttpConnectionOptions
  users: readonly BenchUser[]
  /** Starts counting anew. */
  resetUsage(): Promise<void>
  usage(): Promise<Usage>
  stop(): Promise<void>
}

/** A Ropewalk server in a process of its own, over a data directory of its own, flushing as by default. */
export async function startOwnServer(dataDir: string, options: { durability: string }): Promise<ServerUnderTest> {
  const child = fork(join(import.meta.dirname, 'serve-for-bench.js'), [dataDir, options.durability], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc']
  })
  const info = await nextMessage<BenchServerInfo>(child)
  const ask = async (question: 'reset' | 'usage' | 'stop'): Promise<BenchServerUsage> => {
    const answer = nextMessage<BenchServerUsage>(child)
    child.send(question)
    return answer
  }
  return {
    at: { host: info.host, port: info.port },
    users: info.users,
    resetUsage: async () => void (await ask('reset')),
    usage: () => ask('usage'),
    async stop() {
      const ended = new Promise(resolve => child.once('exit', resolve))
      child.send('stop')
      await ended
    }
  }
}

function nextMessage<T>(child: ChildProcess): Promise<T> {
  return new Promise((resolve, reject) => {
    const onExit = (code: number | null): void => reject(new Error(`the server under test ended with ${code}`))
    child.once('exit', onExit)
    child.once('message', message => {
      child.off('exit', onExit)
      resolve(message as T)
    })
  })
}

/** Ticks of /proc/PID/stat in a second: 100 on every Linux that Node.js runs on. */
const TICKS_PER_SECOND = 100

/** A server that runs already, ours or another's. Its CPU time is known when its process id on this machine is. */
export function foreignServer(at: HttpConnectionOptions, user: BenchUser, pid: number | undefined): ServerUnderTest {
  let before = 0
  const read = (): number => {
    if (pid === undefined) return 0
    const fields = readFileSync(`/proc/${pid}/stat`, 'latin1').split(') ')[1].split(' ')
    return ((Number(fields[11]) + Number(fields[12])) * 1000) / TICKS_PER_SECOND
  }
  return {
    ...{ at, users: [user] },
    async resetUsage() {
      before = read()
    },
    usage: async () => ({ cpuMs: pid === undefined ? undefined : read() - before, longestDelayMs: undefined }),
    stop: async () => {}
  }
}
