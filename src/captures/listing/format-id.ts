import { globcntOf, replidOf, UNKNOWN_ID } from '../../bufferstructs/index.js'

/** A folder or message id as REPLID and counter in hexadecimal: `1-10c`. */
export function formatId(id: number): string {
  if (id === UNKNOWN_ID) return 'of an unknown replica'
  return `${replidOf(id).toString(16)}-${globcntOf(id).toString(16)}`
}
