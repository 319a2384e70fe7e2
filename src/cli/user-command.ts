import { Command, Option } from 'commander'
import type { z } from 'zod'
import { mailboxKinds, roles } from '../directory/index.js'
import {
  type NewUser,
  newUserSchema,
  problemsOf,
  type UserChange,
  type UserView,
  userChangeSchema
} from '../fronts/admin/index.js'
import { limitKeys } from '../world/schema-entries.js'
import { bold, CommandError, dim, green, line, yellow } from './terminal.js'
import { parseAttributes } from './user/parse-attributes.js'
import { parseLimits } from './user/parse-limits.js'
import { ask, askPassword, readPassword } from './user/read-password.js'
import { withUsers } from './user/with-users.js'

interface CommonOptions {
  data: string
  json?: boolean
}

interface FieldOptions {
  name?: string
  /** A text; false for `--no-password`. */
  password?: string | boolean
  passwordStdin?: boolean
  askPassword?: boolean
  alias: string[]
  attribute: string[]
  role: string[]
  opens: string[]
  limit: string[]
  homeServer?: string
  disable?: boolean
  enable?: boolean
}

interface AddOptions extends CommonOptions, FieldOptions {
  kind: NewUser['kind']
  locale?: string
}

type SetOptions = CommonOptions & FieldOptions

/** `ropewalk user add|list|set|remove`: through the admin API of a running server, or in the store when none runs. */
export function userCommand(): Command {
  return new Command('user')
    .description('add, list, change and remove users, while a server runs or not')
    .addCommand(addCommand())
    .addCommand(listCommand())
    .addCommand(setCommand())
    .addCommand(removeCommand())
}

function addCommand(): Command {
  const command = new Command('add')
    .description('add a user with a mailbox; asks for the password on a terminal')
    .argument('<address>', 'SMTP address, the name to log on with')
    .addOption(new Option('--kind <kind>', 'kind of mailbox').choices([...mailboxKinds]).default('user'))
    .option('--locale <locale>', 'language of the folder names, e.g. de-DE (default: "en-US")')
  return withFields(command).action((address: string, options: AddOptions) => add(address, options))
}

function listCommand(): Command {
  return withCommon(new Command('list').description('list users')).action((options: CommonOptions) => list(options))
}

function setCommand(): Command {
  const command = new Command('set')
    .description('change a user; what is not named stays')
    .argument('<address>', 'address of the user')
    .option('--ask-password', 'ask for a new password on the terminal')
    .option('--enable', 'let the user log on again')
  return withFields(command).action((address: string, options: SetOptions) => set(address, options))
}

function removeCommand(): Command {
  const command = new Command('remove')
    .description('remove a user and the mailbox with all that is in it')
    .argument('<address>', 'address of the user')
    .option('--yes', 'do not ask first')
  return withCommon(command).action((address: string, options: CommonOptions & { yes?: boolean }) =>
    remove(address, options)
  )
}

function withCommon(command: Command): Command {
  return command.option('--data <dir>', 'data directory', './data').option('--json', 'print JSON')
}

const gather = (value: string, before: string[]): string[] => [...before, value]

function withFields(command: Command): Command {
  withCommon(command)
    .option('--name <name>', 'display name')
    .option('--password-stdin', 'read the password from standard input')
    .option('--password <password>', 'the password; everybody on this machine can see it, prefer --password-stdin')
    .option('--no-password', 'nobody can log on with a password')
    .option('--alias <address>', 'further address; repeat it for several, the list is replaced as a whole', gather, [])
    .option('--attribute <name=value>', 'e.g. title=Clerk; nothing behind = removes, bytes come as @FILE', gather, [])
    .option('--opens <address>', "mailbox that may be opened like the user's own; repeat it for several", gather, [])
    .option(
      '--limit <name=size>',
      `${limitKeys.join(', ')}: e.g. receive=500MB, or unlimited; nothing = server's`,
      gather,
      []
    )
    .option('--role <role>', `${roles.join(', ')} or none; repeat it for several`, gather, [])
    .option('--home-server <host>', 'server that has the mailbox, which clients are sent to; none for this one')
    .option('--disable', 'refuse log-ons')
  return command
}

async function add(address: string, options: AddOptions): Promise<void> {
  const { kind, locale } = options
  const password = await passwordOf(address, options, kind === 'user')
  const fields = { ...fieldsOf(options), ...(password !== undefined && password !== null && { password }) }
  const body = demand(newUserSchema, { address, kind, ...(locale !== undefined && { locale }), ...fields })
  const user = await withUsers(options.data, users => users.addUser(body))
  if (options.json) return line(JSON.stringify(user, null, 2))
  line(`${green('Added')} ${bold(user.address)} (${user.name}).`)
  if (!user.hasPassword) line(dim('Nobody can log on as this user: no password was set.'))
}

async function list({ data, json }: CommonOptions): Promise<void> {
  const users = await withUsers(data, all => all.users())
  if (json) return line(JSON.stringify(users, null, 2))
  if (users.length === 0) return line('There are no users yet: `ropewalk user add ADDRESS` adds one.')
  const width = Math.max(...users.map(({ address }) => address.length)) + 2
  for (const user of users) line(`${bold(user.address.padEnd(width))}${user.name}${stateOf(user)}`)
}

function stateOf({ kind, disabled, hasPassword, roles: held }: UserView): string {
  const words = [
    ...(kind === 'user' ? [] : [kind]),
    ...held,
    ...(disabled ? [yellow('disabled')] : []),
    ...(hasPassword ? [] : ['no password'])
  ]
  return words.length === 0 ? '' : dim(`  (${words.join(', ')})`)
}

async function set(address: string, options: SetOptions): Promise<void> {
  const password = await passwordOf(address, options, false)
  const change: UserChange = demand(userChangeSchema, {
    ...fieldsOf(options),
    ...(password !== undefined && { password })
  })
  if (Object.keys(change).length === 0) {
    throw new CommandError('Nothing to change was named.', 'ropewalk user set --help says what can be.')
  }
  const user = await withUsers(options.data, users => users.changeUser(address, change))
  if (options.json) return line(JSON.stringify(user, null, 2))
  line(`${green('Changed')} ${bold(user.address)}: ${Object.keys(change).join(', ')}.`)
}

async function remove(address: string, options: CommonOptions & { yes?: boolean }): Promise<void> {
  if (options.yes !== true && process.stdin.isTTY === true) {
    const answer = await ask(`Remove ${address} and everything in the mailbox? Type the address again: `)
    if (answer.trim().toLowerCase() !== address.toLowerCase()) throw new CommandError('Nothing was removed.')
  }
  await withUsers(options.data, users => users.removeUser(address))
  if (options.json) return line(JSON.stringify({ removed: address }))
  line(`${green('Removed')} ${bold(address)}.`)
}

/** The password that was meant; null for none, undefined when nothing was said of it. */
async function passwordOf(address: string, options: FieldOptions, asks: boolean): Promise<string | null | undefined> {
  const { password, passwordStdin, askPassword: isAsked } = options
  const ways = [typeof password === 'string', passwordStdin === true, password === false, isAsked === true]
  if (ways.filter(Boolean).length > 1) throw new CommandError('Say in one way only what the password is.')
  if (password === false) return null
  if (typeof password === 'string') return password
  if (passwordStdin) return readPassword()
  return isAsked || asks ? askPassword(address) : undefined
}

function fieldsOf(options: FieldOptions): Record<string, unknown> {
  const { name, alias, attribute, role, opens, limit, homeServer, disable, enable } = options
  if (disable && enable) throw new CommandError('--disable and --enable do not go together.')
  const attributes = parseAttributes(attribute)
  return {
    ...(name !== undefined && { name }),
    ...(alias.length > 0 && { aliases: alias.filter(one => one !== '') }),
    ...(attributes !== undefined && { attributes }),
    ...(role.length > 0 && { roles: role.filter(one => one !== 'none') }),
    ...(homeServer !== undefined && { homeServer: homeServer === 'none' ? null : homeServer }),
    ...(limit.length > 0 && { limits: parseLimits(limit) }),
    ...(opens.length > 0 && { opens: opens.filter(one => one !== '') }),
    ...((disable || enable) && { disabled: disable === true })
  }
}

/** Checks as the admin API does, whichever way the request goes. */
function demand<S extends z.ZodType>(schema: S, body: unknown): z.output<S> {
  const result = schema.safeParse(body)
  if (result.success) return result.data
  const places = problemsOf(result.error).map(({ path, message }) => `  ${path === '' ? '' : `${path}: `}${message}`)
  throw new CommandError(['That cannot be:', ...places].join('\n'))
}
