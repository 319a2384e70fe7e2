import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { Command, Option } from 'commander'
import { StoreLocked } from '../../store/index.js'
import { SecretKeyError } from '../auth/index.js'
import { CertificateError } from '../certificates/index.js'
import type { Config } from '../config.js'
import { type RopewalkServer, startServer } from '../index.js'
import { WorldError } from '../world/parse-world.js'
import { packageVersion } from './package-version.js'
import { removeServerFile, serverFilePath, writeServerFile } from './server-file.js'
import { bold, CommandError, commandName, cyan, dim, green, line } from './terminal.js'
import { WorldProgressBar } from './world-progress.js'

interface ServeOptions {
  data: string
  host: string
  httpHost?: string
  httpPort: string
  httpsPort?: string
  tlsCert?: string
  tlsKey?: string
  tlsMinVersion: 'TLSv1' | 'TLSv1.1' | 'TLSv1.2' | 'TLSv1.3'
  anonymousAutodiscover?: boolean
  world?: string
  durability: 'power' | 'process'
  authSchemes?: string
  lmCompatibilityLevel?: string
  replaceSecretKey?: boolean
  personality?: string
  quotaWarning?: string
  quotaSend?: string
  quotaReceive?: string
  maxSend?: string
  maxReceive?: string
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
    .option('--http-host <address>', 'address for plain HTTP; 127.0.0.1 keeps it on this machine (default: as --host)')
    .option('--http-port <port>', 'TCP port; 0 takes any free one', '8080')
    .option('--https-port <port>', 'TCP port for TLS; 0 takes any free one, off leaves it out (default: "8443")')
    .option('--tls-cert <file>', 'PEM file of your own certificate; a private authority issues one when absent')
    .option('--tls-key <file>', 'PEM file of its private key')
    .addOption(
      new Option('--tls-min-version <version>', 'oldest version of TLS; TLSv1 for Outlook 2010, not safe')
        .choices(['TLSv1', 'TLSv1.1', 'TLSv1.2', 'TLSv1.3'])
        .default('TLSv1.2')
    )
    .option('--anonymous-autodiscover', 'answer Autodiscover requests without credentials')
    .option('--world <file>', 'world file to apply; the demo world when the data directory is new')
    .addOption(
      new Option('--durability <mode>', 'power: flushed before an answer leaves; process: survives a kill only')
        .choices(['power', 'process'])
        .default('power')
    )
    .option('--auth-schemes <names>', 'ways to log on, in the order in which they are offered (default: "ntlm,basic")')
    .option('--lm-compatibility-level <level>', 'as in Windows: 5 takes NTLMv2 only (default: "3")')
    .option('--replace-secret-key', 'make a new key for passwords when secret.key is lost; all passwords end')
    .option('--personality <name>', 'version of Exchange to behave like; that of the world, or exchange2016')
    .option('--quota-warning <MiB>', 'size at which the owner of a mailbox is warned, or off (default: "1945")')
    .option('--quota-send <MiB>', 'size from which nothing can be sent, or off (default: "2048")')
    .option('--quota-receive <MiB>', 'size to which nothing is added any more, or off (default: "2355")')
    .option('--max-send <MiB>', 'largest message that can be sent, or off (default: "10")')
    .option('--max-receive <MiB>', 'largest message that is delivered, or off (default: "10")')
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
    httpsUrl: server.urls.https,
    caFile: server.caFile === undefined ? undefined : resolve(server.caFile),
    adminToken: server.adminToken,
    users: [...server.users]
  })
  greet(server, options)
  stopOnSignal(server, options.data)
}

async function start(options: ServeOptions): Promise<RopewalkServer> {
  const { data, httpPort, httpsPort, tlsCert, tlsKey, world, authSchemes, lmCompatibilityLevel, ...rest } = options
  const { quotaWarning, quotaSend, quotaReceive, maxSend, maxReceive, ...settings } = rest
  if (world !== undefined && !existsSync(world)) throw new CommandError(`There is no world file ${world}.`)
  const progress = new WorldProgressBar()
  try {
    return await startServer({
      ...settings,
      dataDir: data,
      httpPort: Number(httpPort),
      httpsPort: numberOrOff(httpsPort),
      tlsCertFile: tlsCert,
      tlsKeyFile: tlsKey,
      authSchemes: authSchemes?.split(',') as Config['authSchemes'] | undefined,
      lmCompatibilityLevel: lmCompatibilityLevel === undefined ? undefined : Number(lmCompatibilityLevel),
      ...{ quotaWarningMiB: numberOrOff(quotaWarning), quotaSendMiB: numberOrOff(quotaSend) },
      ...{ quotaReceiveMiB: numberOrOff(quotaReceive) },
      ...{ maxSendMiB: numberOrOff(maxSend), maxReceiveMiB: numberOrOff(maxReceive) },
      world,
      onProgress: done => progress.update(done)
    })
  } catch (error) {
    throw explain(error, options)
  } finally {
    await progress.stop()
  }
}

function numberOrOff(text: string | undefined): number | null | undefined {
  if (text === undefined) return undefined
  return text === 'off' ? null : Number(text)
}

/** What a person can do about a start that failed; an unexpected failure stays as it is. */
function explain(error: unknown, { data, host, httpHost = host, httpPort }: ServeOptions): unknown {
  if (error instanceof StoreLocked) {
    return new CommandError(
      `The data directory ${data} is already in use by another server.`,
      'Stop that server, or choose another directory with --data DIR.'
    )
  }
  if (error instanceof WorldError)
    return new CommandError(error.problems.join('\n'), 'Mend the world file and start again.')
  if (error instanceof SecretKeyError) return new CommandError(error.message, error.hint)
  if (error instanceof CertificateError) return new CommandError(error.message, error.hint)
  const { code, port } = error as { code?: string; port?: number }
  if (code === 'EADDRINUSE') {
    const [option, address] = port === Number(httpPort) ? ['--http-port', httpHost] : ['--https-port', host]
    return new CommandError(
      `Port ${port} of ${address} is taken.`,
      `Choose another with ${option} PORT; 0 takes any free one.`
    )
  }
  if (code === 'EACCES')
    return new CommandError(
      port === undefined ? `No permission to write ${data}.` : `No permission to listen on port ${port} of ${host}.`
    )
  if (code === 'EADDRNOTAVAIL') {
    const { address = host } = error as { address?: string }
    return new CommandError(`${address} is no address of this machine.`)
  }
  if (error instanceof Error && error.message.startsWith('setting ')) return new CommandError(error.message)
  return error
}

function greet(server: RopewalkServer, options: ServeOptions): void {
  const { http, https } = server.urls
  line(`${bold('Ropewalk')} ${packageVersion()} ${green('is ready')} at ${cyan(http)}`)
  line()
  line(`  ${'Autodiscover'.padEnd(14)}${http}/autodiscover/autodiscover.xml`)
  line(`  ${'Mailboxes'.padEnd(14)}${http}/mapi/emsmdb/`)
  line(`  ${'Address book'.padEnd(14)}${http}/mapi/nspi/`)
  line(`  ${'Admin API'.padEnd(14)}${http}/admin/  ${dim(`(token in ${serverFilePath(options.data)})`)}`)
  line(`  ${'Health'.padEnd(14)}${http}/healthz`)
  if (https !== undefined) line(`  ${'TLS'.padEnd(14)}${https}  ${dim(trustHint(server, options))}`)
  line(`  ${'Data'.padEnd(14)}${options.data}  ${dim(`(durability: ${options.durability})`)}`)
  const shown = server.users.filter(user => user.password !== undefined)
  if (shown.length > 0) {
    line()
    line(`  ${bold('user'.padEnd(34))}${bold('password')}`)
    for (const { address, password } of shown) line(`  ${address.padEnd(34)}${password}`)
  }
  line()
  line(
    `  ${bold('Try')}  ${commandName()} bench --server ${http} --user ${shown[0]?.address ?? 'ADDRESS'} --password ${shown[0]?.password ?? 'PASSWORD'}`
  )
  line(`       curl -s ${http}/healthz`)
  line(dim('  Ctrl-C stops the server; everything that was acknowledged is on disk.'))
}

function trustHint({ caFile }: RopewalkServer, { data }: ServeOptions): string {
  if (caFile === undefined) return '(your own certificate)'
  return `(trust ${caFile}; how: ${commandName()} trust --data ${data})`
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
