/** Certificates that cannot be used: what is wrong, and what a person can do about it. */
export class CertificateError extends Error {
  readonly hint: string

  constructor(message: string, hint: string, cause?: unknown) {
    super(message, { cause })
    this.name = 'CertificateError'
    this.hint = hint
  }
}
