#!/usr/bin/env node
/**
 * The command line. One file per command in `cli/`; only the one that was asked for is loaded, so that a server starts
 * without waiting for the benches.
 */
import { Command } from 'commander'
import { packageVersion } from './cli/package-version.js'
import { CommandError, red } from './cli/terminal.js'

const commands: Readonly<Record<string, () => Promise<Command>>> = {
  serve: async () => (await import('./cli/serve-command.js')).serveCommand(),
  trust: async () => (await import('./cli/trust-command.js')).trustCommand(),
  check: async () => (await import('./cli/check-command.js')).checkCommand(),
  user: async () => (await import('./cli/user-command.js')).userCommand(),
  world: async () => (await import('./cli/world-command.js')).worldCommand(),
  bench: async () => (await import('./cli/bench-command.js')).benchCommand(),
  inspect: async () => (await import('./cli/inspect-command.js')).inspectCommand(),
  replay: async () => (await import('./cli/replay-command.js')).replayCommand(),
  rops: async () => (await import('./cli/rops-command.js')).ropsCommand(),
  version: async () => (await import('./cli/version-command.js')).versionCommand()
}

const program = new Command('ropewalk')
  .description('An Exchange server emulator: MAPI over HTTP and remote operations on a LevelDB object store')
  .version(packageVersion(), '-V, --version')
  .showHelpAfterError('(add --help for what is possible)')

// Who reads only the beginning of what is printed (`| head`) is no error.
process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1))

const [asked] = process.argv.slice(2)
const wanted = Object.hasOwn(commands, asked ?? '') ? [asked] : Object.keys(commands)
for (const name of wanted) program.addCommand(await commands[name]())

try {
  await program.parseAsync()
} catch (error) {
  if (!(error instanceof CommandError)) throw error
  process.stderr.write(`${red('error:')} ${error.message}\n`)
  if (error.hint !== undefined) process.stderr.write(`${error.hint}\n`)
  process.exitCode = error.exitCode
}
