import { entryKinds } from '../../directory/index.js'
import { entryChangeSchema, entrySchema, newEntrySchema } from './entry-schema.js'
import { answers, json, mergePatch, type Operation, operation } from './operation.js'
import { answerPage, DEFAULT_ROWS, entryQuery, listAnswer } from './page.js'

const group = 'Address book'
const parameters = { entry: 'Primary or further address of the entry, or its GUID' }

/** Everything that the address book shows. */
export const entryOperations: readonly Operation[] = [
  operation({
    method: 'GET',
    path: '/admin/entries',
    id: 'listEntries',
    group,
    summary: 'List and count address book objects',
    description:
      'In the order in which they were added; numbers are never given twice, so that a page is neither doubled nor skipped by what happens meanwhile. Attributes that are bytes are shown with one entry alone. HEAD, or `limit=0`, tells the count alone.',
    query: entryQuery(entryKinds),
    responses: { 200: listAnswer('A page of entries', 'entries', entrySchema) },
    async handle({ query, services: { administration } }) {
      const { kind, text, domain, cursor, limit = DEFAULT_ROWS } = query
      const page = await administration.list({ kinds: kind, text, domain, after: cursor, limit })
      const entries = page.entries.map(entry => administration.viewRow(entry))
      return answerPage('/admin/entries', 'entries', page, entries, query)
    }
  }),
  operation({
    method: 'POST',
    path: '/admin/entries',
    id: 'addEntry',
    group,
    summary: 'Add a contact, a group, a room ...',
    description: 'Links (manager, delegates, members, owners, opens) are addresses. Kinds with a mailbox get one.',
    body: json(newEntrySchema),
    responses: { 201: answers('The entry', entrySchema, { Location: 'Where the entry is from now on' }) },
    problems: [409, 422],
    async handle({ body, services: { administration } }) {
      const entry = await administration.addEntry(body)
      const headers = [['Location', `/admin/entries/${encodeURIComponent(entry.address)}`]] as const
      return { status: 201, headers, body: entry }
    }
  }),
  operation({
    method: 'GET',
    path: '/admin/entries/{entry}',
    id: 'getEntry',
    group,
    summary: 'Show an entry',
    parameters,
    responses: { 200: answers('The entry', entrySchema) },
    problems: [404],
    handle: async ({ path, services: { administration } }) => ({
      status: 200,
      body: await administration.entry(path.entry)
    })
  }),
  operation({
    method: 'PATCH',
    path: '/admin/entries/{entry}',
    id: 'changeEntry',
    group,
    summary: 'Change an entry',
    description: 'As for users; a field that entries of the kind do not have is refused.',
    parameters,
    body: mergePatch(entryChangeSchema),
    responses: { 200: answers('The entry after the change', entrySchema) },
    problems: [404, 409, 422],
    handle: async ({ path, body, services: { administration } }) => ({
      status: 200,
      body: await administration.changeEntry(path.entry, body)
    })
  }),
  operation({
    method: 'DELETE',
    path: '/admin/entries/{entry}',
    id: 'removeEntry',
    group,
    summary: 'Remove an entry and every link to it',
    description: 'A mailbox goes with it, as with a user.',
    parameters,
    responses: { 204: { description: 'The entry is gone' } },
    problems: [404, 409],
    async handle({ path, services: { administration } }) {
      await administration.removeEntry(path.entry)
      return { status: 204 }
    }
  })
]
