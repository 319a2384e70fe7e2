import {
  type AttributeName,
  type AttributeSpec,
  type Attributes,
  type AttributeValue,
  attributeProblem,
  attributeSpecs
} from '../../directory/index.js'
import type { PlacedProblem } from './administration-error.js'

type Json = Record<string, unknown>

/** Attributes as JSON shows them: bytes as base64. Lists leave bytes out: a thousand photos are a hundred megabytes. */
export function attributesToJson(attributes: Attributes, withBytes = true): Json {
  const shown = Object.entries(attributes).filter(([name]) => withBytes || !isBytes(name))
  return Object.fromEntries(shown.map(([name, value]) => [name, toJson(value as AttributeValue)]))
}

function isBytes(name: string): boolean {
  const { type } = attributeSpecs[name as AttributeName]
  return type === 'bytes' || type === 'bytesList'
}

function toJson(value: AttributeValue): unknown {
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64')
  if (Array.isArray(value)) return value.map(one => toJson(one as AttributeValue))
  return value
}

/** Attributes after a change: what is null goes, what is not named stays. Adds to `problems` what cannot be. */
export function changedAttributes(before: Attributes, change: Json, problems: PlacedProblem[]): Attributes {
  const after: Record<string, unknown> = { ...before }
  for (const [name, json] of Object.entries(change)) {
    if (json === undefined) continue
    if (json === null) {
      delete after[name]
      continue
    }
    const value = fromJson(attributeSpecs[name as AttributeName], json)
    const message = attributeProblem(name as AttributeName, value)
    if (message !== undefined) problems.push({ path: `attributes.${name}`, message })
    after[name] = value
  }
  return after as Attributes
}

function fromJson({ type }: AttributeSpec, json: unknown): unknown {
  if (type === 'bytes') return Buffer.from(json as string, 'base64')
  if (type === 'bytesList') return (json as string[]).map(one => Buffer.from(one, 'base64'))
  return json
}
