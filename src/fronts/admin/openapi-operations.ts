import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { answers, type Operation, operation } from './operation.js'

/** The published description, beside the sources: five folders above the compiled file. */
export const openApiFile = join(import.meta.dirname, '..', '..', '..', '..', 'src', 'fronts', 'admin', 'openapi.json')

export const openApiOperations: readonly Operation[] = [
  operation({
    method: 'GET',
    path: '/admin/openapi.json',
    id: 'getDescription',
    group: 'Server',
    summary: 'This description',
    description: 'Needs no token: it is published with the program, and tools that read it have none.',
    isOpen: true,
    responses: { 200: answers('An OpenAPI 3.1 document', z.looseObject({ openapi: z.string() })) },
    handle: () => ({ status: 200, body: readFileSync(openApiFile, 'utf8'), contentType: 'application/json' })
  })
]
