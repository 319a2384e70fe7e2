import type { Log } from '../../log.js'
import type { HttpRequest, HttpResponse, Route } from '../http/index.js'
import type { AdminServices } from './admin-services.js'
import { TokenCheck } from './check-token.js'
import type { AdminAnswer, Operation } from './operation.js'
import { operations as allOperations } from './operations.js'
import { Problem, problemOf } from './problem.js'
import { decode, readCall } from './read-call.js'

export interface AdminEndpointOptions {
  readonly token: string
  readonly services: AdminServices
  /** The whole API unless said. */
  readonly operations?: readonly Operation[]
}

/** All operations of one path. */
interface Resource {
  readonly path: string
  /** Matches the decoded segments below. */
  readonly segments: readonly string[]
  readonly operations: readonly Operation[]
}

const ROOT = '/admin'
const COMMON_HEADERS = 'Cache-Control: no-store\r\nX-Content-Type-Options: nosniff\r\n'

/**
 * The admin API: operations as data, everything else in one place. It has its own authentication, a token, and never takes the
 * credentials of users; nothing of it can be reached from a web page, because no page can send the token.
 */
export class AdminEndpoint {
  private readonly token: TokenCheck
  private readonly services: AdminServices
  private readonly log: Log
  private readonly resources: readonly Resource[]

  constructor({ token, services, operations = allOperations }: AdminEndpointOptions) {
    this.token = new TokenCheck(token, services.runtime, services.log)
    this.services = services
    this.log = services.log
    this.resources = resourcesOf(operations)
  }

  /**
   * A route for each path; a path with parameters is served by everything below its fixed part, and what is left below
   * `/admin` is refused in the API's own words.
   */
  routes(): Route[] {
    const routes = this.resources.map(resource => {
      const methods = methodsOf(resource.operations)
      const forms = resource.operations.flatMap(({ body }) => Object.values(body ?? {}))
      const bodyLimitBytes = Math.max(0, ...forms.map(({ limitBytes }) => limitBytes))
      return this.route(routePath(resource.path), methods, bodyLimitBytes)
    })
    return [...routes, this.route(ROOT, ['OPTIONS'], 0), this.route(`${ROOT}/*`, ['OPTIONS'], 0)]
  }

  private route(path: string, methods: readonly string[], bodyLimitBytes: number): Route {
    const handle = (request: HttpRequest, response: HttpResponse) => this.handle(request, response)
    return { path, authenticate: false, bodyLimitBytes, methods, handle }
  }

  private async handle(request: HttpRequest, response: HttpResponse): Promise<void> {
    response.headerLines(COMMON_HEADERS)
    try {
      send(response, await this.answer(request))
    } catch (error) {
      const problem = problemOf(error)
      if (problem === undefined) this.log.error('admin.failed', { error, path: request.head.path })
      refuse(response, problem ?? new Problem(500, 'The log of the server says more.'))
    }
  }

  private answer(request: HttpRequest): AdminAnswer | Promise<AdminAnswer> {
    const { head, connection } = request
    const found = this.find(head.path)
    const method = head.method === 'HEAD' ? 'GET' : head.method
    const operation = found?.resource.operations.find(candidate => candidate.method === method)
    if (operation?.isOpen !== true) this.token.demand(head.header('authorization'), connection.source)
    if (found === undefined) throw new Problem(404, 'The admin API has no such path; /admin/openapi.json describes it.')
    if (operation === undefined) {
      const allow = methodsOf(found.resource.operations).join(', ')
      throw new Problem(405, `The resource knows ${allow}.`, [], [['Allow', allow]])
    }
    const path = Object.fromEntries(found.parameters.map(([name, text]) => [name, decode(text, name)]))
    if (operation.method !== 'GET')
      this.log.info('admin.request', { operation: operation.id, source: connection.source })
    return operation.handle(readCall(operation, path, request, this.services))
  }

  private find(path: string): { resource: Resource; parameters: [string, string][] } | undefined {
    const segments = (path.endsWith('/') ? path.slice(0, -1) : path).split('/')
    for (const resource of this.resources) {
      const parameters = match(resource.segments, segments)
      if (parameters !== undefined) return { resource, parameters }
    }
    return undefined
  }
}

function resourcesOf(operations: readonly Operation[]): Resource[] {
  const paths = [...new Set(operations.map(({ path }) => path))]
  return paths.map(path => ({
    path,
    segments: path.split('/'),
    operations: operations.filter(operation => operation.path === path)
  }))
}

function methodsOf(operations: readonly Operation[]): string[] {
  const methods = operations.map(({ method }) => method as string)
  return [...methods, ...(methods.includes('GET') ? ['HEAD'] : []), 'OPTIONS']
}

function routePath(template: string): string {
  const brace = template.indexOf('{')
  return brace < 0 ? template : `${template.slice(0, brace)}*`
}

/** Name and text of each parameter when the segments are those of a template. */
function match(template: readonly string[], segments: readonly string[]): [string, string][] | undefined {
  if (template.length !== segments.length) return undefined
  const parameters: [string, string][] = []
  for (let i = 0; i < template.length; i++) {
    if (!template[i].startsWith('{')) {
      if (template[i] !== segments[i]) return undefined
    } else if (segments[i] === '') return undefined
    else parameters.push([template[i].slice(1, -1), segments[i]])
  }
  return parameters
}

function send(response: HttpResponse, { status, body, contentType, headers = [] }: AdminAnswer): void {
  response.status = status
  for (const [name, value] of headers) response.header(name, value)
  if (body === undefined) {
    response.send('')
    return
  }
  const isText = typeof body === 'string'
  response.header('Content-Type', contentType ?? 'application/json')
  response.send(isText ? body : `${JSON.stringify(body, null, 2)}\n`)
}

function refuse(response: HttpResponse, problem: Problem): void {
  response.status = problem.status
  for (const [name, value] of problem.headers) response.header(name, value)
  response.header('Content-Type', 'application/problem+json')
  response.send(`${JSON.stringify(problem, null, 2)}\n`)
}
