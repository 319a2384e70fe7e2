/** One thing that is measured. `run` does it once; setting up is done before. */
export interface BenchCase {
  readonly name: string
  readonly run: () => void
  /** Bytes that one run reads or writes, where a rate says more than a duration. */
  readonly bytes?: number
}

export interface BenchOptions {
  /** Elements, rows or bytes that the cases work on, as a factor of their normal size; tests use a tiny one. */
  readonly scale: number
}

/** What keeps results alive, so that no engine may leave out the work that made them. */
export const sink: { value: unknown } = { value: undefined }
