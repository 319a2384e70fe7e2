/** One thing that is wrong with a world, and where it stands in the text. */
export interface WorldProblem {
  /** Keys and places on the way to it, with dots between them; empty for the whole. */
  readonly path: string
  /** What is wrong, in words that follow the path. */
  readonly message: string
  /** From 1; absent in a world that has no text. */
  readonly line?: number
  readonly column?: number
}

/** A world that cannot be used. `problems` are complete sentences with file, line and column; `places` the same in parts. */
export class WorldError extends Error {
  readonly problems: readonly string[]
  readonly places: readonly WorldProblem[]

  constructor(places: readonly WorldProblem[], file = 'world') {
    const problems = places.map(place => sentenceOf(place, file))
    super(problems.join('\n'))
    this.name = 'WorldError'
    this.problems = problems
    this.places = places
  }
}

function sentenceOf({ path, message, line, column }: WorldProblem, file: string): string {
  const where = line === undefined ? file : `${file}:${line}:${column}`
  return `${where}: ${path === '' ? 'the world' : path}: ${message}`
}

/** A problem before its place in the text is known. */
export interface PathProblem {
  readonly path: readonly PropertyKey[]
  readonly message: string
  /** What is wrong is the key itself, not its value. */
  readonly isKey?: boolean
}

/** So many problems are told; whoever has more mends these first. */
export const MOST_PROBLEMS = 1000
