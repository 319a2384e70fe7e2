import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { StoreLocked } from '../../../store/index.js'
import { SecretKeyError } from '../../auth/index.js'
import { AdministrationError, type UserAdministration } from '../../fronts/admin/index.js'
import { readServerFile, type ServerFile, serverFilePath } from '../server-file.js'
import { CommandError } from '../terminal.js'
import { RemoteUsers, ServerUnreachable } from './remote-users.js'

/**
 * Lets `work` at the users of a data directory: through the server that runs over it, or in its store when none does.
 * Refusals become what a person can do about them.
 */
export async function withUsers<T>(dataDir: string, work: (users: UserAdministration) => Promise<T>): Promise<T> {
  if (!existsSync(join(dataDir, 'store'))) {
    throw new CommandError(
      `${dataDir} is not a data directory: it has no store in it.`,
      'Name another with --data DIR, or make one by starting a server: ropewalk serve --data DIR'
    )
  }
  try {
    const server = runningServer(dataDir)
    if (server !== undefined) {
      try {
        return await work(new RemoteUsers(server))
      } catch (error) {
        // The process that the file names may be another one by now: then the store is free.
        if (!(error instanceof ServerUnreachable)) throw error
      }
    }
    // Loaded only here: a server that runs has all of it already.
    const { administerDataDir } = await import('../../index.js')
    return await administerDataDir(dataDir, work)
  } catch (error) {
    throw explain(error, dataDir)
  }
}

/** The server that `server.json` names, as long as its process lives. */
export function runningServer(dataDir: string): ServerFile | undefined {
  let server: ServerFile | undefined
  try {
    server = readServerFile(dataDir)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EACCES') {
      throw new CommandError(
        `${serverFilePath(dataDir)} may not be read: the server belongs to another user.`,
        'Run the command as the user who started the server.'
      )
    }
    // A file that cannot be understood was not written by a server that is ready.
    return undefined
  }
  return server !== undefined && isAlive(server.pid) ? server : undefined
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

function explain(error: unknown, dataDir: string): unknown {
  if (error instanceof AdministrationError) {
    const places = error.problems.map(({ path, message }) => `  ${path === '' ? '' : `${path}: `}${message}`)
    return new CommandError([error.message, ...places].join('\n'), hintOf(error))
  }
  if (error instanceof StoreLocked) {
    return new CommandError(
      `The data directory ${dataDir} is in use, but no server answers for it.`,
      'A server that is starting or stopping? Try again in a moment. Otherwise end the process that has it open.'
    )
  }
  if (error instanceof SecretKeyError) return new CommandError(error.message)
  const { code } = error as NodeJS.ErrnoException
  if (code === 'EACCES' || code === 'EPERM') {
    return new CommandError(`No permission to open ${dataDir}.`, 'Run the command as the owner of the data directory.')
  }
  return error
}

function hintOf({ kind }: AdministrationError): string | undefined {
  if (kind === 'notFound') return '`ropewalk user list` shows who there is.'
  if (kind === 'conflict') return 'Choose another address, or change what has it with `ropewalk user set`.'
  return undefined
}
