import type { z } from 'zod'
import type { AdminServices } from './admin-services.js'
import type { ProblemStatus } from './problem.js'

export type Method = 'GET' | 'POST' | 'PATCH' | 'DELETE'

/** A media type and what a body of it is, once read: JSON that fits the schema, text, or bytes. */
export interface BodyForm {
  readonly kind: 'json' | 'text' | 'bytes'
  readonly schema: z.ZodType
  /** Largest body of this type. */
  readonly limitBytes: number
}

export interface ResponseForm {
  readonly description: string
  /** By media type; a response without any has no body. */
  readonly content?: Readonly<Record<string, z.ZodType>>
  /** Headers that it has, with what they say. */
  readonly headers?: Readonly<Record<string, string>>
}

/** What a handler is given: everything checked against the operation's schemas. */
export interface AdminCall<Path = Record<string, string>, Query = Record<string, unknown>, Body = unknown> {
  readonly path: Path
  readonly query: Query
  readonly body: Body
  /** Media type of the body, without parameters; empty when there is none. */
  readonly contentType: string
  /** The one of the operation's response types that the client likes best. */
  readonly accepts: string
  readonly services: AdminServices
}

export interface AdminAnswer {
  readonly status: number
  /** An object becomes JSON; a text goes as it is. */
  readonly body?: unknown
  /** Media type of a text. */
  readonly contentType?: string
  readonly headers?: readonly (readonly [string, string])[]
}

/**
 * One operation of the admin API, as data: routing, checks, HEAD, OPTIONS, the OpenAPI description and the documentation are
 * derived from the row.
 */
export interface Operation {
  readonly method: Method
  /** Names in braces are parameters: `/admin/users/{address}`. */
  readonly path: string
  /** Unique; clients that are generated from the description call their functions so. */
  readonly id: string
  readonly group: string
  readonly summary: string
  /** Sentences for who wants to know more. */
  readonly description?: string
  /** Answered without the admin token: it says nothing that is not published. */
  readonly isOpen?: true
  /** What each parameter of the path is. */
  readonly parameters: Readonly<Record<string, string>>
  readonly query?: z.ZodObject
  /** By media type. */
  readonly body?: Readonly<Record<string, BodyForm>>
  readonly responses: Readonly<Record<number, ResponseForm>>
  /** Refusals that are particular to the operation. */
  readonly problems: readonly ProblemStatus[]
  handle(call: AdminCall): AdminAnswer | Promise<AdminAnswer>
}

type ParametersOf<Path extends string> = Path extends `${string}{${infer Name}}${infer Rest}`
  ? Name | ParametersOf<Rest>
  : never

type OutputOf<T> = T extends z.ZodType ? z.output<T> : Record<string, never>
type BodyOf<B> = B extends Readonly<Record<string, { schema: infer S }>> ? OutputOf<S> : undefined

interface Row<P extends string, Q, B> {
  method: Method
  path: P
  id: string
  group: string
  summary: string
  description?: string
  isOpen?: true
  parameters?: Record<ParametersOf<P>, string>
  query?: Q
  body?: B
  responses: Record<number, ResponseForm>
  problems?: readonly ProblemStatus[]
  handle(call: AdminCall<Record<ParametersOf<P>, string>, OutputOf<Q>, BodyOf<B>>): AdminAnswer | Promise<AdminAnswer>
}

/** Parsing so much JSON holds others up for some 10 ms. */
const JSON_LIMIT = 2 << 20

/** Declares an operation; the handler sees what the schemas say. */
export function operation<
  const P extends string,
  Q extends z.ZodObject | undefined = undefined,
  B extends Readonly<Record<string, BodyForm>> | undefined = undefined
>(row: Row<P, Q, B>): Operation {
  return {
    ...row,
    parameters: (row.parameters ?? {}) as Record<string, string>,
    problems: row.problems ?? []
  } as unknown as Operation
}

/** A body of JSON with this shape. */
export function json<S extends z.ZodType>(schema: S, limitBytes = JSON_LIMIT) {
  return { 'application/json': { kind: 'json', schema, limitBytes } } as const
}

/** A change of a resource: members that are named are set (RFC 7396). */
export function mergePatch<S extends z.ZodType>(schema: S) {
  const form = json(schema)
  return { ...form, 'application/merge-patch+json': form['application/json'] } as const
}

/** A response of JSON with this shape. */
export function answers(description: string, schema: z.ZodType, headers?: Record<string, string>): ResponseForm {
  return { description, content: { 'application/json': schema }, headers }
}
