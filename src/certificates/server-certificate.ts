/** What a TLS server shows: its certificate and those that vouch for it, and the key of the first, as PEM text. */
export interface TlsIdentity {
  readonly certificates: string
  readonly key: string
}

/** Where a TLS listener takes its certificate from. */
export interface ServerCertificate {
  /** For a connection that begins now: the same object until the certificate changes; a promise while one is being made. */
  current(): TlsIdentity | Promise<TlsIdentity>
  /** The private authority that clients have to trust; undefined for a user's own certificate. */
  readonly authority: { readonly certificate: string; readonly file: string | undefined } | undefined
}
