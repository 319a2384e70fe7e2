import type { PropertyProblem } from '../../src/mailbox/domain.js'

/** Problems name the tags that the client sent, not those under which values are stored. */
export function originalTags(problems: readonly PropertyProblem[], tags: readonly number[]): PropertyProblem[] {
  return problems.map(({ index, error }) => ({ index, tag: tags[index], error }))
}
