import { createHash } from 'node:crypto'
import { z } from 'zod'

type Schema = z.core.$ZodType

/**
 * A text that is the same for the same value of a schema, however it was written: keys in order, without those that say what
 * holds anyway. It stays the same when the schema grows by keys with defaults, so that what was brought in under an earlier one
 * is known again.
 */
export function canonicalText(value: unknown, schema: Schema): string {
  return JSON.stringify(canonical(value, schema))
}

function canonical(value: unknown, schema: Schema | undefined): unknown {
  const shape = unwrapped(schema, value)
  if (Array.isArray(value)) {
    const element = shape instanceof z.ZodArray ? shape.element : undefined
    return value.map(item => canonical(item, element))
  }
  if (typeof value !== 'object' || value === null) return value
  const entries: [string, unknown][] = []
  for (const key of Object.keys(value).sort()) {
    const inner = (value as Record<string, unknown>)[key]
    const of =
      shape instanceof z.ZodObject ? shape.shape[key] : shape instanceof z.ZodRecord ? shape.valueType : undefined
    if (inner === undefined || isDefault(inner, of)) continue
    entries.push([key, canonical(inner, of)])
  }
  return Object.fromEntries(entries)
}

function isDefault(value: unknown, schema: Schema | undefined): boolean {
  if (!(schema instanceof z.ZodDefault)) return false
  return JSON.stringify(schema.def.defaultValue) === JSON.stringify(value)
}

/** A schema without its wrappers; of a union the branch for values of this type. */
function unwrapped(schema: Schema | undefined, value: unknown): Schema | undefined {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodDefault)
    return unwrapped(schema.unwrap() as Schema, value)
  if (!(schema instanceof z.ZodUnion)) return schema
  const branches = (schema.options as Schema[]).map(option => unwrapped(option, value))
  return branches.find(branch => (Array.isArray(value) ? branch instanceof z.ZodArray : branch instanceof z.ZodObject))
}

const DIGEST_BYTES = 12

/** A short digest of texts and bytes, as text. */
export function digestOf(...parts: readonly (string | Uint8Array)[]): string {
  const hash = createHash('sha256')
  for (const part of parts) {
    const bytes = typeof part === 'string' ? Buffer.from(part, 'utf8') : part
    hash.update(`${bytes.byteLength}:`).update(bytes)
  }
  return hash.digest().subarray(0, DIGEST_BYTES).toString('base64url')
}
