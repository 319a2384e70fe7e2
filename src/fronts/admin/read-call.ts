import type { z } from 'zod'
import type { HttpRequest } from '../http/index.js'
import type { AdminServices } from './admin-services.js'
import { findJsonFault } from './find-json-fault.js'
import { charsetOf, mediaTypeOf, preferredType } from './media-type.js'
import type { AdminCall, BodyForm, Operation } from './operation.js'
import { Problem, type ProblemPlace, type ProblemStatus } from './problem.js'

/** Places that one refusal names; more of them say nothing new. */
const MOST_PLACES = 100
const utf8 = new TextDecoder('utf-8', { fatal: true })

/** Makes a call of a request: path, query and body checked against the operation. Throws Problem. */
export function readCall(
  operation: Operation,
  path: Record<string, string>,
  request: HttpRequest,
  services: AdminServices
): AdminCall {
  const { head } = request
  const types = Object.values(operation.responses).flatMap(({ content }) => Object.keys(content ?? {}))
  const accepts = types.length === 0 ? '' : preferredType(head.header('accept'), [...types, 'application/problem+json'])
  if (accepts === undefined) throw new Problem(406, `The answer can be had as ${types.join(' or ')}.`)
  const query = fit(operation.query, queryOf(head.query, operation), 400, 'query')
  const { body, contentType } = readBody(operation, request)
  return { path, query: query as Record<string, unknown>, body, contentType, accepts, services }
}

/** Parameters of the query, each at most once and decoded. */
function queryOf(query: string, { query: schema }: Operation): Record<string, string> {
  const known = new Set(Object.keys(schema?.shape ?? {}))
  const found: Record<string, string> = {}
  for (const part of query.split('&')) {
    if (part === '') continue
    const equals = part.indexOf('=')
    const [name, value] = equals < 0 ? [part, ''] : [part.slice(0, equals), part.slice(equals + 1)]
    if (!known.has(name)) {
      const message = known.size === 0 ? 'this takes no parameters' : `the parameters are ${[...known].join(', ')}`
      throw new Problem(400, 'The query has a parameter that is not known.', [{ path: name, message }])
    }
    if (Object.hasOwn(found, name)) {
      throw new Problem(400, 'The query names a parameter twice.', [{ path: name, message: 'stands there twice' }])
    }
    found[name] = decode(value.replaceAll('+', ' '), name)
  }
  return found
}

/** Undoes percent encoding. Throws Problem where it is none. */
export function decode(text: string, path: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    throw new Problem(400, 'The target of the request is not well-formed.', [
      { path, message: 'has a % that begins no UTF-8 character' }
    ])
  }
}

function readBody(operation: Operation, request: HttpRequest): { body: unknown; contentType: string } {
  const { head, body: bytes } = request
  if (operation.body === undefined) {
    if (bytes.length > 0 || request.bodyTooLarge) throw new Problem(400, 'The operation takes no content.')
    return { body: undefined, contentType: '' }
  }
  const header = head.header('content-type')
  const contentType = mediaTypeOf(header)
  const form: BodyForm | undefined = Object.hasOwn(operation.body, contentType)
    ? operation.body[contentType]
    : undefined
  if (form === undefined) {
    const accept = Object.keys(operation.body).join(', ')
    const name = operation.method === 'PATCH' ? 'Accept-Patch' : 'Accept-Post'
    throw new Problem(415, `Send it with Content-Type ${accept}.`, [], [[name, accept]])
  }
  if (request.bodyTooLarge || bytes.length > form.limitBytes) {
    throw new Problem(413, `At most ${form.limitBytes} bytes of ${contentType} are taken.`)
  }
  if (form.kind === 'bytes') return { body: fit(form.schema, bytes, 422, 'content'), contentType }
  const charset = charsetOf(header)
  if (charset !== undefined && charset !== 'utf-8') throw new Problem(415, 'Text has to be sent in UTF-8.')
  const text = decodeText(bytes)
  const value = form.kind === 'json' ? parseJson(text) : text
  return { body: fit(form.schema, value, 422, 'content'), contentType }
}

function decodeText(bytes: Uint8Array): string {
  try {
    return utf8.decode(bytes)
  } catch {
    throw new Problem(400, 'The content is not UTF-8.')
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    const fault = findJsonFault(text) ?? { line: 1, column: 1, message: 'it cannot be read' }
    const detail = `The content is not JSON: line ${fault.line}, column ${fault.column}: ${fault.message}.`
    throw new Problem(400, detail, [{ path: '', ...fault }])
  }
}

function fit(schema: z.ZodType | undefined, value: unknown, status: ProblemStatus, what: string): unknown {
  if (schema === undefined) return value
  const result = schema.safeParse(value)
  if (result.success) return result.data
  const places = problemsOf(result.error)
  const detail = `The ${what} has ${places.length === 1 ? 'a fault' : `${places.length} faults`}: ${places
    .slice(0, 3)
    .map(({ path, message }) => (path === '' ? message : `${path}: ${message}`))
    .join('; ')}${places.length > 3 ? ' ...' : ''}.`
  throw new Problem(status, detail, places.slice(0, MOST_PLACES))
}

/** What a schema found, each with its place. */
export function problemsOf({ issues }: z.ZodError): ProblemPlace[] {
  return issues.flatMap(placesOf)
}

function placesOf(issue: z.core.$ZodIssue): ProblemPlace[] {
  const path = issue.path.map(String).join('.')
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map(key => ({ path: path === '' ? key : `${path}.${key}`, message: 'there is no such field' }))
  }
  const missing = issue.code === 'invalid_type' && issue.message.endsWith('received undefined')
  return [{ path, message: missing ? 'is missing' : issue.message }]
}
