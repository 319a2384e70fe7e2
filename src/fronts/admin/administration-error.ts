/** One thing that is wrong, and where: a path such as `attributes.title` or `aliases.0`, empty for the whole. */
export interface PlacedProblem {
  readonly path: string
  readonly message: string
}

/** `invalid`: what was asked makes no sense; `conflict`: it does, but not with what is there. */
export type AdministrationErrorKind = 'invalid' | 'notFound' | 'conflict'

/** Something that was asked of the administration and cannot be done; nothing has changed. */
export class AdministrationError extends Error {
  readonly kind: AdministrationErrorKind
  readonly problems: readonly PlacedProblem[]

  constructor(kind: AdministrationErrorKind, message: string, problems: readonly PlacedProblem[] = []) {
    super(message)
    this.name = 'AdministrationError'
    this.kind = kind
    this.problems = problems
  }
}
