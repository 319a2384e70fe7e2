import { existsSync } from 'node:fs'
import { Command } from 'commander'
import { StoreLocked } from '../../store/index.js'
import { countsOfWorld } from '../world/count-world.js'
import { inlinedWorld } from '../world/inlined-world.js'
import { readWorld, WorldError } from '../world/parse-world.js'
import { publishedSchemaText } from '../world/published-schema.js'
import type { World } from '../world/schema.js'
import type { WorldProblem } from '../world/world-error.js'
import { COUNTED, type WorldNote, type WorldReport } from '../world/world-report.js'
import type { ServerFile } from './server-file.js'
import { bold, CommandError, dim, green, line, red, yellow } from './terminal.js'
import { runningServer } from './user/with-users.js'
import { WorldProgressBar } from './world-progress.js'

/** `ropewalk world check|apply|schema` */
export function worldCommand(): Command {
  return new Command('world')
    .description('check world files, apply them, print their schema')
    .addCommand(
      new Command('check')
        .description('say what is wrong with a world file, or what it contains')
        .argument('<file>', 'world file')
        .option('--json', 'print what was found as JSON')
        .action(check)
    )
    .addCommand(
      new Command('apply')
        .description('apply a world file: through the server that runs, or in its store when none does')
        .argument('<file>', 'world file')
        .option('--data <dir>', 'data directory; made when it is missing', './data')
        .option('--json', 'print the report as JSON')
        .action(apply)
    )
    .addCommand(
      new Command('schema')
        .description('print the JSON Schema of world files, for editors')
        .action(() => void process.stdout.write(publishedSchemaText()))
    )
}

interface JsonOption {
  json?: true
}

/** Prints a world's problems and throws, or gives the world. */
function demandWorld(file: string, { json }: JsonOption): World {
  if (!existsSync(file)) throw new CommandError(`There is no world file ${file}.`)
  try {
    return readWorld(file)
  } catch (error) {
    if (!(error instanceof WorldError)) throw error
    if (json === true) line(JSON.stringify({ ok: false, problems: error.places }, null, 2))
    else for (const problem of error.problems) line(red(problem))
    throw new CommandError(`${file} has ${counted(error.problems.length, 'problem')}.`)
  }
}

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`
}

function check(file: string, options: JsonOption): void {
  const world = demandWorld(file, options)
  const counts = countsOfWorld(world)
  if (options.json === true) {
    line(JSON.stringify({ ok: true, world: world.name, counts }, null, 2))
    return
  }
  line(green(`${file} is right: the world ${world.name}.`))
  for (const [what, count] of Object.entries(counts)) if (count > 0) line(`  ${String(count).padStart(8)} ${what}`)
}

interface ApplyOptions extends JsonOption {
  data: string
}

async function apply(file: string, options: ApplyOptions): Promise<void> {
  const world = demandWorld(file, options)
  const server = runningServer(options.data)
  const report = server === undefined ? await applyHere(world, options) : await applyThere(world, file, server)
  if (options.json === true) line(JSON.stringify(report, null, 2))
  else print(report)
}

async function applyHere(world: World, { data }: ApplyOptions): Promise<WorldReport> {
  const progress = new WorldProgressBar()
  try {
    // Loaded only here: a check needs no store.
    const { applyWorldToDataDir } = await import('../index.js')
    return await applyWorldToDataDir(data, world, { onProgress: done => progress.update(done) })
  } catch (error) {
    if (error instanceof StoreLocked) {
      throw new CommandError(
        `The data directory ${data} is in use, but no server answers for it.`,
        'A server that is starting or stopping? Try again in a moment.'
      )
    }
    if (error instanceof WorldError) throw new CommandError(error.problems.join('\n'))
    throw error
  } finally {
    await progress.stop()
  }
}

interface Refusal {
  readonly detail?: string
  readonly errors?: readonly WorldProblem[]
}

/** Through the admin API, which has no files: they go along in the text. */
async function applyThere(world: World, file: string, server: ServerFile): Promise<WorldReport> {
  let answer: Response
  try {
    answer = await fetch(new URL('/admin/worlds', server.httpUrl), {
      method: 'POST',
      headers: { authorization: `Bearer ${server.adminToken}`, 'content-type': 'application/json' },
      body: JSON.stringify(inlinedWorld(world))
    })
  } catch (cause) {
    throw new CommandError(`The server at ${server.httpUrl} does not answer: ${(cause as Error).message}.`)
  }
  const body = (await answer.json()) as WorldReport & Refusal
  if (answer.ok) return body
  const places = body.errors?.map(({ path, message }) => `${file}: ${path}: ${message}`) ?? []
  throw new CommandError([...places, body.detail ?? `The server answers ${answer.status}.`].join('\n'))
}

function print(report: WorldReport): void {
  if (report.isUnchanged) {
    line(green(`The world ${report.world} was applied before; nothing has changed in it.`))
    return
  }
  line(green(`The world ${report.world} was applied in ${report.seconds} s.`))
  for (const kind of ['added', 'updated'] as const) {
    const parts = COUNTED.filter(what => report[kind][what] > 0).map(what => `${report[kind][what]} ${WORDS[what]}`)
    line(`  ${bold(kind.padEnd(9))}${parts.length === 0 ? dim('nothing') : parts.join(', ')}`)
  }
  const notes = [...report.kept.map(note => told(note, 'kept')), ...report.removed.map(note => told(note, 'left out'))]
  for (const note of notes) line(note)
  if (report.more > 0) line(`  and ${report.more} more`)
}

const WORDS: Readonly<Record<(typeof COUNTED)[number], string>> = {
  addressLists: 'address lists',
  entries: 'entries',
  mailboxes: 'mailboxes',
  folders: 'folders',
  permissions: 'permissions',
  items: 'items'
}

function told({ where, what, why }: WorldNote, how: string): string {
  return `  ${yellow(how.padEnd(9))}${where}: ${what} ${why}`
}
