/** An entry that cannot be added or changed as asked; the message says why, for a person. */
export class DirectoryError extends Error {
  constructor(message: string) {
    super(message)
    this.name = 'DirectoryError'
  }
}
