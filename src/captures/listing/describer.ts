import type { Fields } from '../../bufferstructs/index.js'
import type { Said, Walk } from './walk.js'

/** How a byte form that the layouts leave to code is listed. */
export type Describer =
  /** One line. */
  | { readonly say: (value: never, walk: Walk) => Said }
  /**
   * A node with children: `inside` goes through the same bytes once more and names their parts. `columns` marks forms that cannot
   * be read without the columns of the context.
   */
  | { readonly inside: (walk: Walk, fields: Fields) => void; readonly columns?: boolean }
  /** A node that names itself: `inline` adds it to the open one. */
  | { readonly inline: (walk: Walk) => void }
