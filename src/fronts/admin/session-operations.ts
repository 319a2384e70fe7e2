import { z } from 'zod'
import type { EmsmdbSession } from '../../emsmdb/index.js'
import type { AdminServices } from './admin-services.js'
import { AdministrationError } from './administration-error.js'
import { answers, type Operation, operation } from './operation.js'
import { answerPage, DEFAULT_ROWS, listAnswer, pages } from './page.js'

const group = 'Sessions'
const parameters = { id: 'Id of the session' }

const sessionSchema = z
  .strictObject({
    id: z.guid().describe('Names the session here; no client can use it'),
    user: z.string().describe('Address of who has it'),
    mailboxes: z.array(z.string()).describe('Addresses of the mailboxes that it has open'),
    clientVersion: z.string().describe('As the client said it, three numbers'),
    ageSeconds: z.number().min(0),
    idleSeconds: z.number().min(0).describe('Since its last request'),
    isBusy: z.boolean().describe('A request is being executed'),
    isWaiting: z.boolean().describe('It waits for notifications'),
    handles: z.number().int().min(0).describe('Objects that it has open')
  })
  .meta({ id: 'Session' })

export const sessionOperations: readonly Operation[] = [
  operation({
    method: 'GET',
    path: '/admin/sessions',
    id: 'listSessions',
    group,
    summary: 'List sessions of mailbox clients',
    query: pages,
    responses: { 200: listAnswer('A page of sessions, oldest first', 'sessions', sessionSchema) },
    handle({ query, services }) {
      const { cursor = 0, limit = DEFAULT_ROWS } = query
      const all = services.emsmdb.sessions()
      const rows = all.slice(cursor, cursor + limit).map(session => view(session, services))
      const next = cursor + limit < all.length && limit > 0 ? cursor + limit : undefined
      return answerPage('/admin/sessions', 'sessions', { count: all.length, next }, rows, query)
    }
  }),
  operation({
    method: 'GET',
    path: '/admin/sessions/{id}',
    id: 'getSession',
    group,
    summary: 'Show a session',
    parameters,
    responses: { 200: answers('The session', sessionSchema) },
    problems: [404],
    handle: ({ path, services }) => ({ status: 200, body: view(demand(path.id, services), services) })
  }),
  operation({
    method: 'DELETE',
    path: '/admin/sessions/{id}',
    id: 'endSession',
    group,
    summary: 'End a session',
    description: 'The client learns it with its next request, and may connect again.',
    parameters,
    responses: { 204: { description: 'The session has ended' } },
    problems: [404],
    async handle({ path, services }) {
      const session = demand(path.id, services)
      await services.emsmdb.endSessions('administrator', other => other === session)
      return { status: 204 }
    }
  })
]

function demand(id: string, { emsmdb }: AdminServices): EmsmdbSession {
  const session = emsmdb.find(id)
  if (session === undefined) throw new AdministrationError('notFound', `There is no session ${id}.`)
  return session
}

function view(session: EmsmdbSession, { runtime }: AdminServices): z.infer<typeof sessionSchema> {
  const now = runtime.monotonic()
  const seconds = (since: number): number => Math.max(0, Math.round(now - since) / 1000)
  const mailboxes = session.logons.flatMap(logon => (logon === undefined ? [] : [logon.mailbox.owner.address]))
  return {
    id: session.id,
    user: session.actor.address,
    mailboxes: [...new Set(mailboxes)],
    clientVersion: session.clientVersion.join('.'),
    ageSeconds: seconds(session.createdMs),
    idleSeconds: seconds(session.lastUsedMs),
    isBusy: session.busy,
    isWaiting: session.waiting > 0,
    handles: session.handles.size
  }
}
