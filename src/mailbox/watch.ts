/** An operation on many objects as somebody follows it who does not wait for its end; it ends early when it is told to. */
export interface Watch {
  /** Objects to work on, and those that are done; approximate. */
  total: number
  completed: number
  isCancelled: boolean
}

export function newWatch(): Watch {
  return { total: 0, completed: 0, isCancelled: false }
}
