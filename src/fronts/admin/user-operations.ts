import { mailboxKinds } from '../../directory/index.js'
import { newUserSchema, userChangeSchema, userSchema } from './entry-schema.js'
import { answers, json, mergePatch, type Operation, operation } from './operation.js'
import { answerPage, DEFAULT_ROWS, entryQuery, listAnswer } from './page.js'

const group = 'Users'
const parameters = { address: 'Primary or further address of the user, or the GUID of the directory object' }

/** Everybody with a mailbox. */
export const userOperations: readonly Operation[] = [
  operation({
    method: 'GET',
    path: '/admin/users',
    id: 'listUsers',
    group,
    summary: 'List users',
    description:
      'Everybody with a mailbox, in the order in which they were added: users, shared mailboxes, rooms, equipment, the mailbox of the public folders. Attributes that are bytes are shown with one user alone. HEAD tells the count alone.',
    query: entryQuery(mailboxKinds),
    responses: { 200: listAnswer('A page of users', 'users', userSchema) },
    async handle({ query, services: { administration } }) {
      const { kind, text, domain, cursor, limit = DEFAULT_ROWS } = query
      const page = await administration.list({ kinds: kind ?? mailboxKinds, text, domain, after: cursor, limit })
      const users = page.entries.map(entry => administration.viewRow(entry))
      return answerPage('/admin/users', 'users', page, users, query)
    }
  }),
  operation({
    method: 'POST',
    path: '/admin/users',
    id: 'addUser',
    group,
    summary: 'Add a user with a mailbox',
    description: 'Without a password nobody can log on as the user, whose mailbox others may open all the same.',
    body: json(newUserSchema),
    responses: { 201: answers('The user', userSchema, { Location: 'Where the user is from now on' }) },
    problems: [409, 422],
    async handle({ body, services: { administration } }) {
      const user = await administration.addUser(body)
      const headers = [['Location', `/admin/users/${encodeURIComponent(user.address)}`]] as const
      return { status: 201, headers, body: user }
    }
  }),
  operation({
    method: 'GET',
    path: '/admin/users/{address}',
    id: 'getUser',
    group,
    summary: 'Show a user',
    parameters,
    responses: { 200: answers('The user', userSchema) },
    problems: [404],
    handle: async ({ path, services: { administration } }) => ({
      status: 200,
      body: await administration.user(path.address)
    })
  }),
  operation({
    method: 'PATCH',
    path: '/admin/users/{address}',
    id: 'changeUser',
    group,
    summary: 'Change, enable or disable a user',
    description:
      'Fields that are named are set; lists are replaced as a whole, null removes an attribute, a limit or the password. Who is disabled, or loses a role or the right to open a mailbox, loses his sessions at once. What clients cache (address, kind, ids, legacy DN) never changes.',
    parameters,
    body: mergePatch(userChangeSchema),
    responses: { 200: answers('The user after the change', userSchema) },
    problems: [404, 409, 422],
    handle: async ({ path, body, services: { administration } }) => ({
      status: 200,
      body: await administration.changeUser(path.address, body)
    })
  }),
  operation({
    method: 'DELETE',
    path: '/admin/users/{address}',
    id: 'removeUser',
    group,
    summary: 'Remove a user and the mailbox',
    description:
      'Log-ons are refused and sessions end at once; what was in the mailbox is deleted behind the answer, after a restart if need be. Links to the user go too. Its numbers are never given again.',
    parameters,
    responses: { 204: { description: 'The user is gone' } },
    problems: [404, 409],
    async handle({ path, services: { administration } }) {
      await administration.removeUser(path.address)
      return { status: 204 }
    }
  })
]
