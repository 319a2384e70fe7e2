import { z } from 'zod'
import { answers, type Operation, operation } from './operation.js'
import { Problem } from './problem.js'

/** A world's text; what it makes may be large, what is written down is not. */
const LIMIT_BYTES = 16 << 20
const text = { kind: 'text', schema: z.string().min(1), limitBytes: LIMIT_BYTES } as const

const report = z
  .looseObject({
    world: z.string().describe('Name of the world'),
    checked: z.boolean().describe('Nothing was applied: the world was only looked at')
  })
  .meta({ id: 'WorldReport' })

export const worldOperations: readonly Operation[] = [
  operation({
    method: 'POST',
    path: '/admin/worlds',
    id: 'applyWorld',
    group: 'Worlds',
    summary: 'Apply a world file while the server serves',
    description:
      'Adds what is missing and changes nothing that somebody has changed; worlds are applied one after the other. Mistakes of the text are answered with line and column, and nothing is applied then. A world that was broken off goes on when it is applied again.',
    query: z.strictObject({
      check: z
        .enum(['true', 'false'])
        .transform(value => value === 'true')
        .optional()
        .describe('Only say whether the world can be used')
    }),
    body: { 'application/yaml': text, 'application/json': text },
    responses: { 200: answers('What was done', report) },
    problems: [409, 422],
    async handle({ body, query, services }) {
      const outcome = await services.applyWorld({ text: body, checkOnly: query.check === true })
      if (!outcome.ok) {
        const { length } = outcome.problems
        throw new Problem(422, `The world has ${length === 1 ? 'a mistake' : `${length} mistakes`}.`, outcome.problems)
      }
      return { status: 200, body: outcome.report }
    }
  })
]
