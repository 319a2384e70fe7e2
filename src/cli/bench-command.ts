import { Command, InvalidArgumentError, Option } from 'commander'
import { logOnSchemes } from '../client/log-on.js'
import { type BenchReport, type BenchRow, runBench } from './bench/run-bench.js'
import { scenarios } from './bench/scenarios.js'
import { bold, dim, line } from './terminal.js'

/** `ropewalk bench` */
export function benchCommand(): Command {
  return new Command('bench')
    .description('measure a MAPI over HTTP server, this one or another')
    .option(
      '--server <url>',
      'a server that runs already, e.g. http://127.0.0.1:8080; else one is started for the bench'
    )
    .option('--ca <file>', 'PEM file of an authority to trust for an https server, e.g. data/tls/ca.crt')
    .option('--user <address>', 'mailbox on that server to measure with')
    .option('--password <password>', 'its password')
    .addOption(new Option('--auth <scheme>', 'how to log on').choices(logOnSchemes).default('basic'))
    .option('--pid <pid>', 'process id of that server on this machine, to read its CPU time', wholeNumber)
    .option('--connections <list>', 'numbers of connections', listOfNumbers, [1, 8, 64])
    .option('--only <list>', `scenarios, of ${scenarios.map(one => one.id).join(', ')}`, listOfWords, [])
    .option('--seconds <s>', 'time to measure each', positive, 3)
    .option('--warmup <s>', 'time before measuring', positive, 1)
    .addOption(
      new Option('--durability <mode>', 'of the started server').choices(['power', 'process']).default('power')
    )
    .option('--json', 'print the report as JSON')
    .addHelpText('after', `\nScenarios:\n${scenarios.map(one => `  ${one.id.padEnd(5)} ${one.title}`).join('\n')}`)
    .action(async options => {
      const report = await runBench(
        { ...options, warmupSeconds: options.warmup },
        options.json ? silent : new LiveProgress()
      )
      if (options.json) line(JSON.stringify(report, null, 2))
      else printSummary(report)
    })
}

const silent = { phase() {}, load() {}, row() {} }

/** A live line on a terminal, and a row for each finished measurement. */
class LiveProgress {
  private headed = false
  private readonly live = process.stderr.isTTY === true

  phase(text: string): void {
    this.show(`${text} ...`)
  }

  load(scenario: string, connections: number, operations: number, elapsedMs: number): void {
    const rate = Math.round((operations * 1000) / elapsedMs).toLocaleString('en')
    this.show(`(${scenario}) ${connections} connections: ${operations.toLocaleString('en')} operations, ${rate}/s`)
  }

  row(row: BenchRow): void {
    this.show('')
    if (!this.headed) line(bold(HEADER))
    this.headed = true
    line(formatRow(row))
  }

  private show(text: string): void {
    if (this.live) process.stderr.write(`\r\u001b[2K${text}`)
  }
}

const HEADER = 'case  conn      rate/s    p50 ms    p95 ms    p99 ms   CPU ms/op   units/1000   longest delay ms'

function formatRow(row: BenchRow): string {
  const number = (value: number | undefined, digits: number, width: number): string =>
    (value === undefined
      ? '-'
      : value.toLocaleString('en', { minimumFractionDigits: digits, maximumFractionDigits: digits })
    ).padStart(width)
  return [
    row.scenario.padEnd(5),
    String(row.connections).padStart(5),
    number(row.perSecond, 0, 12),
    number(row.p50Ms, 2, 10),
    number(row.p95Ms, 2, 10),
    number(row.p99Ms, 2, 10),
    number(row.serverCpuMs, 3, 12),
    number(row.calibrationUnits, 2, 13),
    number(row.longestDelayMs, 1, 19)
  ].join('')
}

function printSummary(report: BenchReport): void {
  line()
  line(
    dim(`Calibration loop: ${report.calibrationMs.toFixed(0)} ms of CPU. Units: server CPU of 1,000 operations / that.`)
  )
  for (const { id, title } of scenarios) {
    if (report.rows.some(row => row.scenario === id)) line(dim(`${id.padEnd(5)} ${title}`))
  }
}

function wholeNumber(text: string): number {
  if (!/^\d+$/.test(text)) throw new InvalidArgumentError('must be a whole number')
  return Number(text)
}

function positive(text: string): number {
  const value = Number(text)
  if (!(value > 0)) throw new InvalidArgumentError('must be a number above 0')
  return value
}

function listOfNumbers(text: string): number[] {
  const numbers = text.split(',').map(wholeNumber)
  if (numbers.some(number => number < 1 || number > 10_000))
    throw new InvalidArgumentError('must be between 1 and 10,000')
  return numbers
}

function listOfWords(text: string): string[] {
  const words = text.split(',')
  const unknown = words.filter(word => !scenarios.some(one => one.id === word))
  if (unknown.length > 0) throw new InvalidArgumentError(`no such scenario: ${unknown.join(', ')}`)
  return words
}
