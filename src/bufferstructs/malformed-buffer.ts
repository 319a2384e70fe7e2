/** Bad input: bytes that do not have the layout that they should. `offset` counts from the start of the read buffer. */
export class MalformedBuffer extends Error {
  readonly offset: number
  readonly path: string
  readonly reason: string

  constructor(reason: string, offset: number, path = '') {
    super(`${reason} at offset ${offset}${path === '' ? '' : ` in ${path}`}`)
    this.name = 'MalformedBuffer'
    this.reason = reason
    this.offset = offset
    this.path = path
  }
}

/** A value that does not fit into the space that a writer may fill. Not bad input: the caller answers RopBufferTooSmall or stops. */
export class BufferFull extends Error {
  readonly needed: number

  constructor(needed: number) {
    super(`buffer full: ${needed} bytes needed`)
    this.name = 'BufferFull'
    this.needed = needed
  }
}
