import { Command, Option } from 'commander'
import { inspectJson, inspectText } from '../captures/inspect-session.js'
import { type Paint, plainPaint } from '../captures/listing/format-tree.js'
import { readSession } from '../captures/read-session.js'
import { CaptureError } from '../captures/recorded-session.js'
import { bold, CommandError, cyan, dim, line, red } from './terminal.js'

type When = 'auto' | 'always' | 'never'

interface InspectOptions {
  hex?: boolean
  json?: boolean
  type?: string
  only?: string
  color: When
}

const automatic: Paint = {
  ...{ title: bold, name: dim, operation: text => bold(cyan(text)) },
  ...{ value: text => text, fault: red, faint: dim }
}

const escaped =
  (code: string) =>
  (text: string): string =>
    `\u001b[${code}m${text}\u001b[0m`
const always: Paint = {
  ...{ title: escaped('1'), name: escaped('2'), operation: escaped('1;36') },
  ...{ value: text => text, fault: escaped('31'), faint: escaped('2') }
}

/** Colours on a terminal only, unless asked for (`| less -R`). */
const paints: Readonly<Record<When, Paint>> = { auto: automatic, always, never: plainPaint }

/** `ropewalk inspect FILE|FOLDER` */
export function inspectCommand(): Command {
  return new Command('inspect')
    .description('list what recorded MAPI/HTTP bodies say, field by field')
    .argument('<path>', 'a recording: a folder, or one file of it')
    .option('--hex', 'show offset, size and bytes of every field')
    .option('--json', 'print the same as JSON')
    .option('--only <exchange>', 'one exchange, by its name or its number')
    .option('--type <type>', 'request type of a file whose name does not say it, e.g. Execute or Execute:response')
    .addOption(new Option('--color <when>', 'colour the listing').choices(['auto', 'always', 'never']).default('auto'))
    .action((path: string, { hex = false, json, type, only, color }: InspectOptions) => {
      try {
        const found = readSession(path, type)
        if (json) for (const piece of inspectJson(found, hex, only)) process.stdout.write(piece)
        else for (const text of inspectText(found, { hex, paint: paints[color] }, only)) line(text)
      } catch (error) {
        if (error instanceof CaptureError) throw new CommandError(error.message, error.hint)
        throw error
      }
    })
}
