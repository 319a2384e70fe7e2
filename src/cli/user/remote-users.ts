import type { NewUser, UserChange, UserView } from '../../fronts/admin/index.js'
import { AdministrationError, type PlacedProblem, type UserAdministration } from '../../fronts/admin/index.js'
import type { ServerFile } from '../server-file.js'
import { CommandError } from '../terminal.js'

/** A running server answers at once; one that does not is stopping or stuck. */
const ANSWER_LIMIT_MS = 30_000
const ROWS = 1000

/** No server answers where server.json says that there is one. */
export class ServerUnreachable extends Error {
  constructor(url: string, options?: { cause?: unknown }) {
    super(`no server answers at ${url}`, options)
    this.name = 'ServerUnreachable'
  }
}

interface Answer {
  readonly status: number
  readonly body: unknown
}

interface ProblemBody {
  readonly detail?: string
  readonly errors?: readonly PlacedProblem[]
}

/** The users of a running server, by its admin API. */
export class RemoteUsers implements UserAdministration {
  constructor(private readonly server: Pick<ServerFile, 'httpUrl' | 'adminToken'>) {}

  async users(): Promise<UserView[]> {
    const users: UserView[] = []
    let cursor = ''
    for (;;) {
      const { body } = await this.ask('GET', `/admin/users?limit=${ROWS}${cursor}`)
      const page = body as { users: UserView[]; next: string | null }
      users.push(...page.users)
      if (page.next === null) return users
      cursor = `&cursor=${page.next}`
    }
  }

  async user(address: string): Promise<UserView> {
    return (await this.ask('GET', pathOf(address))).body as UserView
  }

  async addUser(user: NewUser): Promise<UserView> {
    return (await this.ask('POST', '/admin/users', user)).body as UserView
  }

  async changeUser(address: string, change: UserChange): Promise<UserView> {
    return (await this.ask('PATCH', pathOf(address), change)).body as UserView
  }

  async removeUser(address: string): Promise<void> {
    await this.ask('DELETE', pathOf(address))
  }

  private async ask(method: string, path: string, content?: unknown): Promise<Answer> {
    const { httpUrl, adminToken } = this.server
    const headers: Record<string, string> = { Authorization: `Bearer ${adminToken}` }
    if (content !== undefined) headers['Content-Type'] = 'application/json'
    let response: Response
    try {
      response = await fetch(`${httpUrl}${path}`, {
        method,
        headers,
        body: content === undefined ? undefined : JSON.stringify(content),
        signal: AbortSignal.timeout(ANSWER_LIMIT_MS)
      })
    } catch (cause) {
      throw new ServerUnreachable(httpUrl, { cause })
    }
    const text = await response.text()
    const body = text === '' ? undefined : parse(text)
    if (response.ok) return { status: response.status, body }
    throw refusal(response.status, (body ?? {}) as ProblemBody, httpUrl)
  }
}

function pathOf(address: string): string {
  return `/admin/users/${encodeURIComponent(address)}`
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function refusal(status: number, { detail = `HTTP status ${status}`, errors = [] }: ProblemBody, url: string): Error {
  if (status === 404) return new AdministrationError('notFound', detail, errors)
  if (status === 409) return new AdministrationError('conflict', detail, errors)
  if (status === 400 || status === 422) return new AdministrationError('invalid', detail, errors)
  if (status === 401) return new ServerUnreachable(url)
  return new CommandError(`The server at ${url} refuses: ${detail}`, 'Its log says more.')
}
