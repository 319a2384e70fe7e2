import { z } from 'zod'
import { nearest } from './nearest.js'
import type { PathProblem } from './world-error.js'

type Issue = z.core.$ZodIssue
type Schema = z.core.$ZodType

/** Keys that people try and that there cannot be yet. */
const NOT_YET: Readonly<Record<string, string>> = Object.fromEntries(
  ['recurrence', 'recurring', 'recur', 'rrule', 'repeat'].map(key => [key, 'recurring items cannot be described'])
)

/** What a failed check says, as sentences of their own, each with its path. */
export function* problemsOf(issues: readonly Issue[], value: unknown, schema: Schema): Generator<PathProblem> {
  for (const issue of issues) yield* translate(issue, value, schema, [])
}

function* translate(
  issue: Issue,
  root: unknown,
  schema: Schema,
  prefix: readonly PropertyKey[]
): Generator<PathProblem> {
  const path = [...prefix, ...issue.path]
  if (issue.code === 'unrecognized_keys') {
    const known = keysAt(schema, path)
    for (const key of issue.keys) yield { path: [...path, key], isKey: true, message: unknownKey(key, known) }
    return
  }
  const value = valueAt(root, path)
  if (issue.code === 'invalid_union') {
    // The branch whose type the value has is the one that was meant.
    const meant = issue.errors.find(branch => !branch.some(one => one.path.length === 0 && isOfType(one, value)))
    if (meant !== undefined) {
      for (const inner of meant) yield* translate(inner, root, schema, path)
      return
    }
    const types = issue.errors.flat().map(one => typeName(one.code === 'invalid_type' ? one.expected : 'string'))
    yield { path, message: value === undefined ? 'is missing' : `must be ${[...new Set(types)].join(' or ')}` }
    return
  }
  yield { path, message: sentence(issue, value) }
}

/** Whether an issue says that the value has another type than the schema; the values of an enumeration are texts. */
function isOfType(issue: Issue, value: unknown): boolean {
  return issue.code === 'invalid_type' || (issue.code === 'invalid_value' && typeof value !== 'string')
}

function unknownKey(key: string, known: readonly string[]): string {
  const not = Object.hasOwn(NOT_YET, key) ? NOT_YET[key] : undefined
  if (not !== undefined) return `${not} yet`
  const meant = nearest(key, known)
  return meant === undefined ? 'there is no such key here' : `there is no such key here; do you mean ${meant}?`
}

const TYPES: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'a mapping',
  record: 'a mapping'
}

function typeName(expected: string | undefined): string {
  return TYPES[expected ?? ''] ?? expected ?? 'another value'
}

function sentence(issue: Issue, value: unknown): string {
  switch (issue.code) {
    case 'invalid_type':
      if (value === undefined) return 'is missing'
      if (value === null) return `has no value; it must be ${typeName(issue.expected)}`
      if (issue.expected === 'string' && (typeof value === 'number' || typeof value === 'boolean'))
        return `must be text: put it into quotes, "${value}"`
      return `must be ${typeName(issue.expected)}`
    case 'invalid_value': {
      if (value === undefined) return 'is missing'
      const values = issue.values.map(String)
      const meant = typeof value === 'string' && values.length > 1 ? nearest(value, values) : undefined
      const which = values.length === 1 ? `must be ${values[0]}` : `must be one of ${values.join(', ')}`
      return meant === undefined ? which : `${which}; do you mean ${meant}?`
    }
    case 'too_small':
      if (issue.origin === 'number' || issue.origin === 'int') return `must be at least ${issue.minimum}`
      return issue.minimum === 1 ? 'must not be empty' : `must have at least ${issue.minimum} ${unitOf(issue.origin)}`
    case 'too_big':
      if (issue.origin === 'number' || issue.origin === 'int') return `must be at most ${issue.maximum}`
      return `must have at most ${issue.maximum} ${unitOf(issue.origin)}`
    case 'invalid_format':
      return issue.format === 'base64' ? 'is not base64' : issue.message
    default:
      return issue.message
  }
}

function unitOf(origin: string): string {
  return origin === 'string' ? 'characters' : 'items'
}

function valueAt(root: unknown, path: readonly PropertyKey[]): unknown {
  let value = root
  for (const step of path) {
    if (typeof value !== 'object' || value === null) return undefined
    value = (value as Record<PropertyKey, unknown>)[step]
  }
  return value
}

/** The keys that a mapping at this path may have, by the schema. */
function keysAt(schema: Schema, path: readonly PropertyKey[]): string[] {
  let shapes = shapesOf(schema)
  for (const step of path) {
    shapes = shapes.flatMap(shape => {
      if (shape instanceof z.ZodObject) return shapesOf(shape.shape[String(step)])
      if (shape instanceof z.ZodArray) return shapesOf(shape.element)
      return shape instanceof z.ZodRecord ? shapesOf(shape.valueType) : []
    })
  }
  return shapes.flatMap(shape => (shape instanceof z.ZodObject ? Object.keys(shape.shape) : []))
}

/** What a schema is when its wrappers are taken off; several for a union. */
function shapesOf(schema: Schema | undefined): Schema[] {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodDefault) return shapesOf(schema.unwrap())
  if (schema instanceof z.ZodUnion) return schema.options.flatMap(shapesOf)
  return schema === undefined ? [] : [schema]
}
