import { isNode, LineCounter, parseDocument } from 'yaml'
import type { z } from 'zod'
import { type World, worldSchema } from './schema.js'

/** A world file that cannot be used. `problems` are complete sentences with file, line and column. */
export class WorldError extends Error {
  readonly problems: readonly string[]

  constructor(problems: readonly string[]) {
    super(problems.join('\n'))
    this.name = 'WorldError'
    this.problems = problems
  }
}

/** Aliases in YAML may expand without bound; a world never needs many. */
const MAX_ALIASES = 100

/** Reads a world from YAML (or JSON) text. Throws WorldError with every problem and its position. `file` is only for messages. */
export function parseWorld(text: string, file = 'world'): World {
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false })
  const at = (offset: number): string => {
    const { line, col } = lines.linePos(offset)
    return `${file}:${line}:${col}`
  }
  if (document.errors.length > 0)
    throw new WorldError(document.errors.map(error => `${at(error.pos[0])}: ${error.message}`))
  const result = worldSchema.safeParse(document.toJS({ maxAliasCount: MAX_ALIASES }))
  if (!result.success) throw new WorldError(result.error.issues.map(issue => `${position(issue)}: ${sentence(issue)}`))
  const problems = crossCheck(result.data).map(({ path, message }) => `${position({ path })}: ${message}`)
  if (problems.length > 0) throw new WorldError(problems)
  return result.data

  /** Where the value of an issue stands, or its nearest ancestor that is there. */
  function position(issue: { path: PropertyKey[] }): string {
    for (let depth = issue.path.length; depth >= 0; depth--) {
      const node = document.getIn(issue.path.slice(0, depth), true)
      if (isNode(node) && node.range) return at(node.range[0])
    }
    return at(0)
  }
}

function sentence(issue: z.core.$ZodIssue): string {
  const where = issue.path.length === 0 ? 'the world' : issue.path.map(String).join('.')
  const missing = issue.code === 'invalid_type' && issue.message.endsWith('received undefined')
  return `${where}: ${missing ? 'is missing' : issue.message}`
}

/** What a schema cannot say: references must lead somewhere, names must be unique, content must be given once. */
function crossCheck(world: World): { path: PropertyKey[]; message: string }[] {
  const found: { path: PropertyKey[]; message: string }[] = []
  const seen = new Map<string, number>()
  world.users.forEach((user, index) => {
    for (const name of [user.address, ...user.aliases]) {
      const other = seen.get(name.toLowerCase())
      if (other !== undefined)
        found.push({ path: ['users', index, 'address'], message: `${name} already belongs to users.${other}` })
      seen.set(name.toLowerCase(), index)
    }
  })
  world.users.forEach((user, index) => {
    user.opens.forEach((other, at) => {
      if (!seen.has(other.toLowerCase()))
        found.push({ path: ['users', index, 'opens', at], message: `no user has the address ${other}` })
    })
    user.folders.forEach((folder, f) => {
      folder.messages.forEach((message, m) => {
        message.attachments.forEach((attachment, a) => {
          const given = [attachment.text, attachment.base64, attachment.size].filter(
            content => content !== undefined
          ).length
          if (given > 1) {
            const path = ['users', index, 'folders', f, 'messages', m, 'attachments', a]
            found.push({ path, message: 'give one of text, base64 and size' })
          }
        })
      })
    })
  })
  return found
}
