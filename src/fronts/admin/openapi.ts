import { z } from 'zod'
import type { BodyForm, Operation, ResponseForm } from './operation.js'
import { PROBLEMS, type ProblemStatus } from './problem.js'

type Json = Record<string, unknown>

/** Refusals that every operation behind the token can answer with. */
const ALWAYS: readonly ProblemStatus[] = [400, 401, 429, 503]

const problemSchema: Json = {
  description: 'A refusal as RFC 9457 words it; nothing of what was asked has been done',
  type: 'object',
  required: ['type', 'title', 'status', 'detail'],
  properties: {
    type: { type: 'string', description: 'urn:ropewalk:problem: and a word that programs can go by' },
    title: { type: 'string' },
    status: { type: 'integer' },
    detail: { type: 'string', description: 'What is wrong, in a sentence' },
    errors: {
      type: 'array',
      description: 'What is wrong, with the place of each fault',
      items: {
        type: 'object',
        required: ['path', 'message'],
        properties: {
          path: { type: 'string', description: 'Such as attributes.title or aliases.0; empty for the whole' },
          message: { type: 'string' },
          line: { type: 'integer' },
          column: { type: 'integer' }
        }
      }
    },
    enhancedStatus: { type: 'string', description: 'Of a refused delivery: enhanced status code (RFC 3463)' },
    error: { type: 'string', description: 'Of a refused delivery: name of the MAPI error' }
  }
}

/** The OpenAPI 3.1 description of operations. */
export function describeOperations(operations: readonly Operation[]): Json {
  const paths: Record<string, Json> = {}
  const schemas: Json = { Problem: problemSchema }
  for (const operation of operations) {
    paths[operation.path] ??= {}
    paths[operation.path][operation.method.toLowerCase()] = describe(operation, schemas)
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Ropewalk admin API',
      version: '1',
      summary: 'Users, address book, worlds, messages and figures of a Ropewalk server',
      license: { name: 'MIT', identifier: 'MIT' }
    },
    servers: [{ url: '/' }],
    security: [{ adminToken: [] }],
    tags: [...new Set(operations.map(({ group }) => group))].map(name => ({ name })),
    paths,
    components: {
      securitySchemes: {
        adminToken: {
          type: 'http',
          scheme: 'bearer',
          description: '`adminToken` of DATA/server.json; new at each start'
        }
      },
      schemas,
      responses: Object.fromEntries(
        Object.entries(PROBLEMS).map(([status, { title }]) => [
          `Problem${status}`,
          {
            description: title,
            content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } }
          }
        ])
      )
    }
  }
}

function describe(operation: Operation, schemas: Json): Json {
  const { id, group, summary, description, isOpen, body } = operation
  return {
    operationId: id,
    tags: [group],
    summary,
    ...(description && { description }),
    ...(isOpen && { security: [] }),
    parameters: [...pathParameters(operation), ...queryParameters(operation, schemas)],
    ...(body && { requestBody: { required: true, content: mapValues(body, form => describeBody(form, schemas)) } }),
    responses: {
      ...mapValues(operation.responses, form => describeResponse(form, schemas)),
      ...describeProblems(operation)
    }
  }
}

function pathParameters({ parameters }: Operation): Json[] {
  return Object.entries(parameters).map(([name, description]) => ({
    ...{ name, in: 'path', required: true, description, schema: { type: 'string' } }
  }))
}

function queryParameters({ query }: Operation, schemas: Json): Json[] {
  return Object.entries(query?.shape ?? {}).map(([name, schema]) => {
    const { description, ...shape } = schemaOf(schema as z.ZodType, 'input', schemas)
    return { name, in: 'query', required: false, ...(description !== undefined && { description }), schema: shape }
  })
}

function describeBody({ kind, schema, limitBytes }: BodyForm, schemas: Json): Json {
  if (kind === 'json') return { schema: schemaOf(schema, 'input', schemas) }
  return { schema: { type: 'string', description: `At most ${limitBytes} bytes` } }
}

function describeResponse({ description, content, headers }: ResponseForm, schemas: Json): Json {
  return {
    description,
    ...(headers && { headers: mapValues(headers, text => ({ description: text, schema: { type: 'string' } })) }),
    ...(content && { content: mapValues(content, schema => ({ schema: schemaOf(schema, 'output', schemas) })) })
  }
}

function describeProblems({ isOpen, problems, body, responses, method }: Operation): Json {
  const statuses = new Set<ProblemStatus>([...(isOpen ? [] : ALWAYS), ...problems, 500])
  if (body !== undefined) for (const status of [413, 415, 422] as const) statuses.add(status)
  if (method === 'GET' || body !== undefined) statuses.add(406)
  const own = [...statuses].filter(status => !Object.hasOwn(responses, status)).sort((a, b) => a - b)
  return Object.fromEntries(own.map(status => [status, { $ref: `#/components/responses/Problem${status}` }]))
}

/** A schema where it is used. Those that have a name (`meta({ id })`) stand among the components, and are referred to. */
function schemaOf(schema: z.ZodType, io: 'input' | 'output', components: Json): Json {
  const {
    $schema: _,
    $defs = {},
    ...shape
  } = z.toJSONSchema(schema, {
    ...{ target: 'draft-2020-12', io, unrepresentable: 'any' },
    override({ jsonSchema }) {
      // What base64 is need not be said by a pattern.
      if (jsonSchema.format === 'base64') delete jsonSchema.pattern
    }
  }) as Json & { $defs?: Json }
  const own = { ...$defs } as Record<string, Json>
  const name = schema.meta()?.id
  if (name !== undefined) own[name] = shape
  for (const [id, { id: _id, ...definition }] of Object.entries(own)) components[id] = pointed(definition)
  return name === undefined ? (pointed(shape) as Json) : { $ref: `${COMPONENTS}${name}` }
}

/** References among definitions, turned to where these stand in the document. */
function pointed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(pointed)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [
      key,
      key === '$ref' && typeof inner === 'string' ? inner.replace('#/$defs/', COMPONENTS) : pointed(inner)
    ])
  )
}

const COMPONENTS = '#/components/schemas/'

function mapValues<T>(record: Readonly<Record<string, T>>, of: (value: T) => unknown): Json {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, of(value)]))
}
