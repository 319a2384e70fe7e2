#!/usr/bin/env node
/** The command line. One file per command in `cli/`. */
import { Command } from 'commander'
import { benchCommand } from './cli/bench-command.js'
import { checkCommand } from './cli/check-command.js'
import { packageVersion } from './cli/package-version.js'
import { ropsCommand } from './cli/rops-command.js'
import { serveCommand } from './cli/serve-command.js'
import { CommandError, red } from './cli/terminal.js'
import { versionCommand } from './cli/version-command.js'

const program = new Command('ropewalk')
  .description('An Exchange server emulator: MAPI over HTTP and remote operations on a LevelDB object store')
  .version(packageVersion(), '-V, --version')
  .showHelpAfterError('(add --help for what is possible)')

for (const command of [serveCommand(), checkCommand(), benchCommand(), ropsCommand(), versionCommand()]) {
  program.addCommand(command)
}

try {
  await program.parseAsync()
} catch (error) {
  if (!(error instanceof CommandError)) throw error
  process.stderr.write(`${red('error:')} ${error.message}\n`)
  if (error.hint !== undefined) process.stderr.write(`${error.hint}\n`)
  process.exitCode = error.exitCode
}
