import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { LogOnScheme } from '../../client/log-on.js'
import { namedServer, serverFault } from '../../client/server-fault.js'
import { CommandError } from '../terminal.js'
import { BenchConnection } from './bench-connection.js'
import { calibrate } from './calibration.js'
import { type LoadResult, runLoad } from './load.js'
import { prepareMailbox } from './prepare-mailbox.js'
import { scenarios } from './scenarios.js'
import { foreignServer, type ServerUnderTest, startOwnServer } from './server-under-test.js'

export interface BenchOptions {
  /** A server that runs already; without it one is started for the bench over a data directory of its own. */
  server?: string
  /** PEM file of an authority to trust for that server. */
  ca?: string
  user?: string
  password?: string
  /** How to log on; Basic unless said. */
  auth?: LogOnScheme
  /** Process id of that server on this machine, so that its CPU time can be read. */
  pid?: number
  durability: string
  connections: readonly number[]
  /** Ids of scenarios, all when empty. */
  only: readonly string[]
  seconds: number
  warmupSeconds: number
}

/** One line of the report. Costs are per operation; undefined where they cannot be known. */
export interface BenchRow extends LoadResult {
  scenario: string
  title: string
  connections: number
  serverCpuMs: number | undefined
  /** Server CPU of 1,000 operations in units of the calibration loop. */
  calibrationUnits: number | undefined
  longestDelayMs: number | undefined
}

export interface BenchReport {
  calibrationMs: number
  rows: BenchRow[]
}

/** What is told while the bench runs. */
export interface BenchProgress {
  phase(text: string): void
  load(scenario: string, connections: number, operations: number, elapsedMs: number): void
  row(row: BenchRow): void
}

/** Runs the end-to-end scenarios and measures each with each number of connections. */
export async function runBench(options: BenchOptions, progress: BenchProgress): Promise<BenchReport> {
  progress.phase('calibrating')
  const calibrationMs = calibrate()
  const folder = mkdtempSync(join(tmpdir(), 'ropewalk-bench-'))
  progress.phase('starting the server')
  const chosen = await chooseServer(options, folder)
  const server = { ...chosen, users: chosen.users.map(user => ({ ...user, auth: options.auth })) }
  try {
    progress.phase('preparing the mailbox')
    const prepared = await prepareMailbox(server, (done, all) => progress.phase(`filling a folder: ${done} of ${all}`))
    const rows: BenchRow[] = []
    for (const scenario of scenarios) {
      if (options.only.length > 0 && !options.only.includes(scenario.id)) continue
      for (const connections of options.connections) {
        const spent = { cpuMs: undefined as number | undefined, longestDelayMs: undefined as number | undefined }
        const result = await runLoad(
          async index => {
            const connection = await BenchConnection.open(server.at, prepared.discovered, server.users[0])
            return scenario.makeWorker(connection, prepared.mailbox, index)
          },
          {
            connections,
            warmupMs: options.warmupSeconds * 1000,
            durationMs: options.seconds * 1000,
            onProgress: done => progress.load(scenario.id, connections, done.operations, done.elapsedMs)
          },
          { started: () => server.resetUsage(), finished: async () => void Object.assign(spent, await server.usage()) }
        )
        const serverCpuMs = spent.cpuMs === undefined ? undefined : spent.cpuMs / result.operations
        const calibrationUnits = serverCpuMs === undefined ? undefined : (serverCpuMs * 1000) / calibrationMs
        const { longestDelayMs } = spent
        const row = {
          scenario: scenario.id,
          title: scenario.title,
          connections,
          serverCpuMs,
          calibrationUnits,
          longestDelayMs,
          ...result
        }
        rows.push(row)
        progress.row(row)
      }
    }
    return { calibrationMs, rows }
  } catch (error) {
    const { server: url, user } = options
    const fault = url === undefined || user === undefined ? undefined : serverFault(error, { url, user })
    throw fault === undefined ? error : new CommandError(fault.message, fault.hint)
  } finally {
    await server.stop()
    rmSync(folder, { recursive: true, force: true })
  }
}

function chooseServer(options: BenchOptions, folder: string): Promise<ServerUnderTest> | ServerUnderTest {
  if (options.server === undefined) return startOwnServer(folder, { durability: options.durability })
  const { user, password } = options
  if (user === undefined || password === undefined) {
    const hint = 'Name a mailbox on it with --user and --password; folders and messages are made in it.'
    throw new CommandError('Measuring another server needs a mailbox there.', hint)
  }
  const at = namedServer(options.server, options.ca)
  if ('hint' in at) throw new CommandError(at.message, at.hint)
  return foreignServer(at, { address: user, password }, options.pid)
}
