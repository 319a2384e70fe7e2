import { Command, Option } from 'commander'
import { readFolderOrFile } from '../captures/read-session.js'
import { CaptureError } from '../captures/recorded-session.js'
import { openLiveServer } from '../captures/replay/open-live-server.js'
import { type ReplayedExchange, type ReplayReport, replaySession } from '../captures/replay/replay-session.js'
import { type LogOnScheme, logOnSchemes } from '../client/log-on.js'
import { CommandError, dim, green, line, red, yellow } from './terminal.js'

interface ReplayCommandOptions {
  server: string
  user?: string
  password?: string
  ca?: string
  auth: LogOnScheme
  only?: string
  stopOnDifference?: boolean
  json?: boolean
}

/** `ropewalk replay FOLDER --server URL` */
export function replayCommand(): Command {
  return new Command('replay')
    .description('send the requests of a recorded session again and compare the answers')
    .argument('<folder>', 'a recorded session')
    .requiredOption('--server <url>', 'the server, e.g. http://127.0.0.1:8080')
    .option('--user <address>', 'mailbox to replay in; by default that of the recorded user')
    .option('--password <password>', 'its password; by default the environment variable ROPEWALK_PASSWORD')
    .option('--ca <file>', 'PEM file of an authority to trust for an https server, e.g. data/tls/ca.crt')
    .addOption(new Option('--auth <scheme>', 'how to log on').choices([...logOnSchemes]).default('basic'))
    .option('--only <exchange>', 'report one exchange, by name or number; those before it are sent as well')
    .option('--stop-on-difference', 'stop at the first exchange with an unexplained difference')
    .option('--json', 'print the report as JSON')
    .addHelpText(
      'after',
      '\nExit status: 0 when every difference is explained, 1 when not, 2 when it could not be tried.'
    )
    .action(async (folder: string, options: ReplayCommandOptions) => {
      try {
        const report = await replay(folder, options)
        if (report.unexplained > 0) process.exitCode = 1
      } catch (error) {
        if (error instanceof CaptureError) throw new CommandError(error.message, error.hint, CANNOT_TRY)
        throw error
      }
    })
}

const CANNOT_TRY = 2

async function replay(folder: string, options: ReplayCommandOptions): Promise<ReplayReport> {
  const session = readFolderOrFile(folder)
  const user = options.user ?? session.user.address
  if (user === undefined)
    throw new CaptureError('The recording does not say whose mailbox it was.', 'Name a mailbox with --user.')
  const password = options.password ?? process.env.ROPEWALK_PASSWORD
  if (password === undefined)
    throw new CaptureError(`The password of ${user} is missing.`, 'Give it with --password or in ROPEWALK_PASSWORD.')
  const { server: url, auth, ca: caFile } = options
  const server = await openLiveServer({ url, user, password, auth, caFile })
  const progress = new Progress(session.exchanges.length, options.json === true)
  try {
    const report = await replaySession(session, server, { ...options, onExchange: one => progress.done(one) })
    progress.end()
    if (options.json) line(JSON.stringify({ server: url, user, ...report }, null, 2))
    else printTotals(report)
    return report
  } finally {
    progress.end()
    server.close()
  }
}

/** A line for each exchange that is done and, on a terminal, one for how far it is. */
class Progress {
  private count = 0
  private readonly live = process.stderr.isTTY === true

  constructor(
    private readonly total: number,
    private readonly quiet: boolean
  ) {}

  done(exchange: ReplayedExchange): void {
    this.count++
    this.show('')
    if (!this.quiet) printExchange(exchange)
    this.show(`${this.count} of ${this.total} exchanges`)
  }

  end(): void {
    this.show('')
  }

  private show(text: string): void {
    if (this.live) process.stderr.write(`\r\u001b[2K${text}`)
  }
}

function printExchange({ name, type, outcome, reason, compared, masked, differences }: ReplayedExchange): void {
  const head = `${name.padEnd(36)} ${type.padEnd(16)}`
  if (outcome === 'skipped' || outcome === 'sent') {
    line(`${head} ${yellow(outcome)}  ${dim(reason ?? '')}`)
    return
  }
  const fields = dim(`${compared} fields${masked === 0 ? '' : `, ${masked} of them may differ and do`}`)
  const unexplained = differences.some(({ why }) => why === undefined)
  line(`${head} ${unexplained ? red('differs') : green(outcome === 'same' ? 'ok' : 'explained')}  ${fields}`)
  for (const { path, recorded, live, why } of differences) {
    line(`  ${why === undefined ? red(path) : path}`)
    line(`    recorded  ${recorded}`)
    line(`    live      ${live}`)
    if (why !== undefined) line(`    ${dim(`because   ${why}`)}`)
  }
}

function printTotals({ exchanges, unexplained }: ReplayReport): void {
  const count = (outcome: ReplayedExchange['outcome']): number =>
    exchanges.filter(exchange => exchange.outcome === outcome).length
  const parts = [
    `${count('same') + count('differs')} exchanges compared`,
    ...(count('sent') > 0 ? [`${count('sent')} sent without a recorded answer`] : []),
    ...(count('skipped') > 0 ? [`${count('skipped')} skipped`] : [])
  ].join(', ')
  const verdict = unexplained === 1 ? '1 unexplained difference' : `${unexplained} unexplained differences`
  line()
  const hasGaps = exchanges.some(({ outcome, type }) => outcome === 'skipped' && type !== 'NotificationWait')
  if (hasGaps && unexplained > 0)
    line(dim('Requests that are not recorded were not sent: what builds on them differs because of that.'))
  line(unexplained === 0 ? green(`${parts}: no unexplained difference`) : red(`${parts}: ${verdict}`))
}
