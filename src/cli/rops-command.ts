import { Command } from 'commander'
import { allRops } from '../../rops/index.js'
import { ErrorCode, errorName } from '../oxcdata/error-code.js'
import { bold, dim, green, line } from './terminal.js'

/** `ropewalk rops`: what is executed and what is open, from the table itself. */
export function ropsCommand(): Command {
  return new Command('rops')
    .description('list the remote operations: which are executed, and what the others answer')
    .option('--json', 'as JSON')
    .action((options: { json?: boolean }) => {
      const rows = allRops.map(rop => ({
        id: `0x${rop.id.toString(16).padStart(2, '0').toUpperCase()}`,
        name: rop.name,
        state: stateOf(rop),
        answers: stateOf(rop) === 'open' ? errorName(rop.notBuiltError ?? ErrorCode.ecNotImplemented) : undefined
      }))
      if (options.json) return line(JSON.stringify(rows, null, 2))
      for (const row of rows) {
        const state =
          row.state === 'executed'
            ? green('executed')
            : dim(row.answers === undefined ? row.state : `${row.state}, answers ${row.answers}`)
        line(`${row.id}  ${row.name.padEnd(44)} ${state}`)
      }
      const executed = rows.filter(row => row.state === 'executed').length
      line(bold(`${executed} of ${rows.length} are executed; all parse.`))
    })
}

function stateOf(rop: (typeof allRops)[number]): 'executed' | 'open' | 'sent by the server' {
  if (rop.serverOriginated) return 'sent by the server'
  // The processor itself lets go of handles (RopRelease) and follows operations that go on (RopProgress).
  const isProcessors = rop.noResponse === true || rop.asksForProgress === true
  return isProcessors || rop.execute !== undefined || rop.stream !== undefined ? 'executed' : 'open'
}
