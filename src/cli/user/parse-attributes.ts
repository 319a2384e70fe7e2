import { readFileSync } from 'node:fs'
import { type AttributeName, attributeNames, attributeSpecs } from '../../directory/index.js'
import { CommandError } from '../terminal.js'

/**
 * Attributes as `name=value`: nothing behind the sign removes one, `@file` reads bytes from a file, lists repeat the name.
 * What comes out has the form of the admin API, which checks it.
 */
export function parseAttributes(pairs: readonly string[]): Record<string, unknown> | undefined {
  if (pairs.length === 0) return undefined
  const attributes: Record<string, unknown> = {}
  for (const pair of pairs) {
    const equals = pair.indexOf('=')
    const name = pair.slice(0, Math.max(0, equals))
    if (!Object.hasOwn(attributeSpecs, name)) {
      throw new CommandError(
        equals < 0 ? `--attribute ${pair}: name=value is wanted.` : `There is no attribute ${name}.`,
        `Attributes: ${attributeNames.join(', ')}`
      )
    }
    const text = pair.slice(equals + 1)
    const { type } = attributeSpecs[name as AttributeName]
    if (text === '') attributes[name] = null
    else if (type === 'texts' || type === 'bytesList') {
      const before = Array.isArray(attributes[name]) ? (attributes[name] as unknown[]) : []
      attributes[name] = [...before, parseValue(name, type === 'texts' ? 'text' : 'bytes', text)]
    } else attributes[name] = parseValue(name, type, text)
  }
  return attributes
}

function parseValue(name: string, type: 'text' | 'number' | 'boolean' | 'bytes' | 'time', text: string): unknown {
  if (type === 'number') {
    if (!/^-?\d{1,10}$/.test(text)) throw new CommandError(`--attribute ${name}: a whole number is wanted.`)
    return Number(text)
  }
  if (type === 'boolean') {
    if (text !== 'true' && text !== 'false') throw new CommandError(`--attribute ${name}: true or false is wanted.`)
    return text === 'true'
  }
  if (type !== 'bytes') return text
  if (!text.startsWith('@')) throw new CommandError(`--attribute ${name}: @FILE is wanted.`)
  try {
    return readFileSync(text.slice(1)).toString('base64')
  } catch (error) {
    throw new CommandError(`--attribute ${name}: ${(error as Error).message}.`)
  }
}
