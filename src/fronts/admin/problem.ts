import { StoreError } from '../../../store/index.js'
import { DirectoryError } from '../../directory/index.js'
import { MapiError } from '../../oxcdata/map-error.js'
import { AdministrationError, type AdministrationErrorKind, type PlacedProblem } from './administration-error.js'

/** One thing that is wrong; line and column where the place is one in a text. */
export interface ProblemPlace extends PlacedProblem {
  readonly line?: number
  readonly column?: number
}

/** What each refusal means, by its status: the title of the problem and the last word of its type. */
export const PROBLEMS = {
  400: { type: 'bad-request', title: 'The request is not well-formed' },
  401: { type: 'unauthorized', title: 'The request needs the admin token' },
  404: { type: 'not-found', title: 'There is no such thing' },
  405: { type: 'method-not-allowed', title: 'The resource does not know the method' },
  406: { type: 'not-acceptable', title: 'The resource has no such form' },
  409: { type: 'conflict', title: 'The request does not go with what is there' },
  413: { type: 'content-too-large', title: 'The content is too large' },
  415: { type: 'unsupported-media-type', title: 'The content has a type that is not taken here' },
  422: { type: 'invalid', title: 'The content cannot be used' },
  429: { type: 'too-many-requests', title: 'Too many wrong tokens' },
  500: { type: 'internal', title: 'The server has failed' },
  503: { type: 'unavailable', title: 'The server cannot do that now' },
  507: { type: 'insufficient-storage', title: 'The mailbox is full' }
} as const

export type ProblemStatus = keyof typeof PROBLEMS

/** A refusal as RFC 9457 words it; nothing of what was asked has been done. */
export class Problem extends Error {
  constructor(
    readonly status: ProblemStatus,
    readonly detail: string,
    readonly errors: readonly ProblemPlace[] = [],
    /** Header lines of the answer, name and value. */
    readonly headers: readonly (readonly [string, string])[] = [],
    /** Members beside those of RFC 9457. */
    readonly extension: Readonly<Record<string, unknown>> = {}
  ) {
    super(detail)
    this.name = 'Problem'
  }

  /** The body of `application/problem+json`. */
  toJSON(): Record<string, unknown> {
    const { type, title } = PROBLEMS[this.status]
    const errors = this.errors.length === 0 ? {} : { errors: this.errors }
    return {
      type: `urn:ropewalk:problem:${type}`,
      title,
      status: this.status,
      detail: this.detail,
      ...errors,
      ...this.extension
    }
  }
}

const STATUS_OF: Readonly<Record<AdministrationErrorKind, ProblemStatus>> = {
  invalid: 422,
  notFound: 404,
  conflict: 409
}

/** The refusal that an error is; undefined for a defect. */
export function problemOf(error: unknown): Problem | undefined {
  if (error instanceof Problem) return error
  if (error instanceof AdministrationError) return new Problem(STATUS_OF[error.kind], error.message, error.problems)
  // Two changes that met.
  if (error instanceof DirectoryError) return new Problem(409, `The directory refuses it: ${error.message}.`)
  if (error instanceof StoreError) {
    return new Problem(503, 'The store cannot take or give anything at the moment.', [], [['Retry-After', '1']])
  }
  if (error instanceof MapiError) return new Problem(409, `The mailbox refuses it: ${error.message}.`)
  return undefined
}
