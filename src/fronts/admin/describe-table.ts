import type { Operation } from './operation.js'

/** What stands around the part of README.md that is made of the operations. */
export const TABLE_BEGINS = '<!-- operations: generated -->'
export const TABLE_ENDS = '<!-- end of what is generated -->'

/** The operations as a table for people. */
export function describeTable(operations: readonly Operation[]): string {
  const rows = operations.map(({ method, path, query, body, summary }) => {
    const parameters = Object.keys(query?.shape ?? {}).map(name => `\`${name}\``)
    const types = Object.keys(body ?? {}).map(type => `\`${type}\``)
    return `| \`${method} ${path}\` | ${parameters.join(', ')} | ${types.join(', ')} | ${summary} |`
  })
  return ['| operation | query | content | what it does |', '| --- | --- | --- | --- |', ...rows].join('\n')
}

/** A text with the table between its marks replaced. */
export function withTable(text: string, operations: readonly Operation[]): string {
  const begin = text.indexOf(TABLE_BEGINS)
  const end = text.indexOf(TABLE_ENDS)
  if (begin < 0 || end < begin) throw new Error('the text has no place for the table of operations')
  return `${text.slice(0, begin)}${TABLE_BEGINS}\n${describeTable(operations)}\n${text.slice(end)}`
}
