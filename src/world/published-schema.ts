import { join } from 'node:path'
import { z } from 'zod'
import { worldSchema } from './schema.js'

/** Where the published schema stands, four folders above this file when compiled. */
export const publishedSchemaFile = join(import.meta.dirname, '..', '..', '..', 'src', 'world', 'world.schema.json')

/**
 * The schema of world files as JSON Schema (draft 7, which editors know best). It says what a file may look like; what it cannot
 * say (links, names that are taken, files) `ropewalk world check` does.
 */
export function publishedSchema(): Record<string, unknown> {
  return z.toJSONSchema(worldSchema, { io: 'input', target: 'draft-7' }) as Record<string, unknown>
}

/** The text of the published file. */
export function publishedSchemaText(): string {
  return `${JSON.stringify(publishedSchema(), null, 1)}\n`
}
