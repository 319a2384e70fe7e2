import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { Command } from 'commander'
import { StoreLocked } from '../../store/index.js'
import { checkDataDir } from '../index.js'
import { CommandError, green, line, red } from './terminal.js'

/** `ropewalk check DIR` */
export function checkCommand(): Command {
  return new Command('check')
    .description('check a data directory: counts, indexes, numbers, large values')
    .argument('<dir>', 'data directory of a server that is not running')
    .option('--json', 'print the findings as JSON')
    .action(async (dir: string, options: { json?: boolean }) => {
      if (!existsSync(join(dir, 'store')))
        throw new CommandError(`${dir} is not a data directory: it has no store in it.`)
      const result = await checkDataDir(dir).catch(error => {
        if (error instanceof StoreLocked) {
          throw new CommandError(`${dir} is in use by a running server.`, 'Stop that server first, then check again.')
        }
        throw error
      })
      if (options.json) line(JSON.stringify(result, null, 2))
      else {
        for (const problem of result.problems) line(red(problem))
        const counted = `${result.mailboxes} mailboxes, ${result.folders} folders, ${result.messages} messages`
        line(
          result.problems.length === 0
            ? green(`${counted}: clean`)
            : red(`${counted}: ${result.problems.length} problems`)
        )
      }
      if (result.problems.length > 0) process.exitCode = 1
    })
}
