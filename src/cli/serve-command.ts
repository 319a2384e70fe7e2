import { existsSync } from 'node:fs'
import { Command, Option } from 'commander'
import { StoreLocked } from '../../store/index.js'
import { type RopewalkServer, startServer } from '../index.js'
import { WorldError } from '../world/parse-world.js'
import { packageVersion } from './package-version.js'
import { removeServerFile, writeServerFile } from './server-file.js'
import { bold, CommandError, cyan, dim, green, line } from './terminal.js'
import { WorldProgressBar } from './world-progress.js'

interface ServeOptions {
  data: string
  host: string
  httpPort: string
  world?: string
  durability: 'power' | 'process'
  personality: string
  logLevel: 'silent' | 'error' | 'warn' | 'info' | 'debug' | 'trace'
  logFormat: 'pretty' | 'json'
}

/** A stop that takes longer than this ends the process all the same: what was acknowledged is on disk. */
const STOP_LIMIT_MS = 5000

/** `ropewalk serve` */
export function serveCommand(): Command {
  return new Command('serve')
    .description('serve the mailboxes of a data directory')
    .option('--data <dir>', 'data directory; made when it is missing', './data')
    .option('--host <address>', 'address to listen on', '127.0.0.1')
    .option('--http-port <port>', 'TCP port; 0 takes any free one', '8080')
    .option('--world <file>', 'world file to apply; the demo world when the data directory is new')
    .addOption(
      new Option('--durability <mode>', 'power: flushed before an answer leaves; process: survives a kill only')
        .choices(['power', 'process'])
        .default('power')
    )
    .option('--personality <name>', 'version of Exchange to behave like', 'exchange2016')
    .addOption(
      new Option('--log-level <level>', 'least important event that is logged')
        .choices(['silent', 'error', 'warn', 'info', 'debug', 'trace'])
        .default('warn')
    )
    .addOption(new Option('--log-format <format>', 'of log lines').choices(['pretty', 'json']).default('pretty'))
    .action(serve)
}

async function serve(options: ServeOptions): Promise<void> {
  const server = await start(options)
  writeServerFile(options.data, {
    pid: process.pid,
    version: packageVersion(),
    httpUrl: server.urls.http,
    adminToken: server.adminToken,
    users: [...server.users]
  })
  greet(server, options)
  stopOnSignal(server, options.data)
}

async function start(options: ServeOptions): Promise<RopewalkServer> {
  const { data, host, httpPort, world, durability, personality, logLevel, logFormat } = options
  if (world !== undefined && !existsSync(world)) throw new CommandError(`There is no world file ${world}.`)
  const progress = new WorldProgressBar()
  try {
    return await startServer({
      dataDir: data,
      host,
      httpPort: Number(httpPort),
      world,
      durability,
      personality,
      logLevel,
      logFormat,
      onProgress: done => progress.update(done)
    })
  } catch (error) {
    throw explain(error, options)
  } finally {
    await progress.stop()
  }
}

/** What a person can do about a start that failed; an unexpected failure stays as it is. */
function explain(error: unknown, { data, host, httpPort }: ServeOptions): unknown {
  if (error instanceof StoreLocked) {
    return new CommandError(
      `The data directory ${data} is already in use by another server.`,
      'Stop that server, or choose another directory with --data DIR.'
    )
  }
  if (error instanceof WorldError)
    return new CommandError(error.problems.join('\n'), 'Mend the world file and start again.')
  const { code } = error as { code?: string }
  if (code === 'EADDRINUSE') {
    return new CommandError(
      `Port ${httpPort} of ${host} is taken.`,
      'Choose another with --http-port PORT; 0 takes any free one.'
    )
  }
  if (code === 'EACCES')
    return new CommandError(`No permission to listen on port ${httpPort} of ${host} or to write ${data}.`)
  if (code === 'EADDRNOTAVAIL') return new CommandError(`${host} is no address of this machine.`)
  if (error instanceof Error && error.message.startsWith('setting ')) return new CommandError(error.message)
  return error
}

function greet(server: RopewalkServer, options: ServeOptions): void {
  const { http } = server.urls
  line(`${bold('Ropewalk')} ${packageVersion()} ${green('is ready')} at ${cyan(http)}`)
  line()
  line(`  ${'Autodiscover'.padEnd(14)}${http}/autodiscover/autodiscover.xml`)
  line(`  ${'MAPI/HTTP'.padEnd(14)}${http}/mapi/emsmdb/`)
  line(`  ${'Health'.padEnd(14)}${http}/healthz`)
  line(`  ${'Data'.padEnd(14)}${options.data}  ${dim(`(durability: ${options.durability})`)}`)
  const shown = server.users.filter(user => user.password !== undefined)
  if (shown.length > 0) {
    line()
    line(`  ${bold('user'.padEnd(34))}${bold('password')}`)
    for (const { address, password } of shown) line(`  ${address.padEnd(34)}${password}`)
  }
  line()
  line(
    `  ${bold('Try')}  npm run ropewalk -- bench --server ${http} --user ${shown[0]?.address ?? 'ADDRESS'} --password ${shown[0]?.password ?? 'PASSWORD'}`
  )
  line(`       curl -s ${http}/healthz`)
  line(dim('  Ctrl-C stops the server; everything that was acknowledged is on disk.'))
}

function stopOnSignal(server: RopewalkServer, dataDir: string): void {
  let isStopping = false
  const stop = async (signal: NodeJS.Signals): Promise<void> => {
    if (isStopping) return
    isStopping = true
    if (signal === 'SIGINT') line('\nStopping ...')
    const limit = setTimeout(() => process.exit(1), STOP_LIMIT_MS)
    await server.stop()
    clearTimeout(limit)
    removeServerFile(dataDir)
    process.exit(0)
  }
  process.on('SIGINT', stop)
  process.on('SIGTERM', stop)
}
