import type { X509Certificate } from 'node:crypto'
import { chmodSync, existsSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { type FileSystem, makeFolder, replaceFile, systemFiles } from '../file-system.js'
import type { Log } from '../log.js'
import { CertificateError } from './certificate-error.js'
import type { CertifiedKey } from './make-certificate.js'
import { readChain, readKey } from './read-pem.js'

const PUBLIC = 0o644
const SECRET = 0o600

/** What stands in the folder; the server's certificate is undefined when one has to be made. */
export interface StoredCertificates {
  readonly authority: CertifiedKey & { readonly parsed: X509Certificate }
  readonly serverKey: string | undefined
  readonly server: { readonly pem: string; readonly parsed: X509Certificate } | undefined
}

/**
 * `DATA/tls`: `ca.crt` and `ca.key` of the authority, `server.crt` and `server.key` that it vouches for. Each file is put in
 * place whole, a key before its certificate and the authority before the server, so that whatever interrupts the making
 * leaves something that the next start completes. The authority counts from when `ca.crt` is there. It is never made anew
 * in place of one that is damaged: machines may trust it already.
 */
export class CertificateFolder {
  readonly authorityFile: string

  constructor(
    private readonly path: string,
    private readonly log: Log,
    private readonly files: FileSystem = systemFiles
  ) {
    this.authorityFile = join(path, 'ca.crt')
  }

  /** Undefined when no authority was made yet. CertificateError when a file is damaged or does not fit the others. */
  read(): StoredCertificates | undefined {
    if (!existsSync(this.authorityFile)) {
      if (!existsSync(this.file('server.crt'))) return undefined
      throw new CertificateError(`${this.path} has a server.crt, but no ca.crt that issued it`, this.authorityHint())
    }
    const authority = this.readAuthority()
    return { authority, ...this.readServer(authority.parsed) }
  }

  writeAuthority(authority: CertifiedKey): void {
    makeFolder(this.files, this.path)
    replaceFile(this.files, this.file('ca.key'), authority.key, SECRET)
    replaceFile(this.files, this.authorityFile, authority.certificate, PUBLIC)
  }

  /** A certificate of another key would not fit; it goes first. */
  writeServerKey(key: string): void {
    this.files.remove(this.file('server.crt'))
    replaceFile(this.files, this.file('server.key'), key, SECRET)
  }

  writeServerCertificate(certificate: string): void {
    replaceFile(this.files, this.file('server.crt'), certificate, PUBLIC)
  }

  private readAuthority(): StoredCertificates['authority'] {
    const hint = this.authorityHint()
    const { pem, certificates } = readChain(this.authorityFile, hint)
    const [parsed] = certificates
    this.closeToOthers('ca.key')
    const { key, pem: keyPem } = readKey(this.file('ca.key'), hint)
    if (!parsed.checkPrivateKey(key))
      throw new CertificateError(`ca.key and ca.crt in ${this.path} do not belong together`, hint)
    if (!parsed.ca) throw new CertificateError(`${this.authorityFile} is not the certificate of an authority`, hint)
    return { certificate: pem, key: keyPem, parsed }
  }

  private readServer(authority: X509Certificate): Pick<StoredCertificates, 'serverKey' | 'server'> {
    const hint =
      `Remove server.key and server.crt from ${this.path}: the next start makes them anew, and whoever trusts ca.crt ` +
      'trusts them. For a certificate of your own use tlsCertFile and tlsKeyFile (--tls-cert and --tls-key).'
    if (!existsSync(this.file('server.key'))) return { serverKey: undefined, server: undefined }
    this.closeToOthers('server.key')
    const { key, pem: serverKey } = readKey(this.file('server.key'), hint)
    if (!existsSync(this.file('server.crt'))) return { serverKey, server: undefined }
    const { pem, certificates } = readChain(this.file('server.crt'), hint)
    const [parsed] = certificates
    if (!parsed.checkPrivateKey(key))
      throw new CertificateError(`server.key and server.crt in ${this.path} do not belong together`, hint)
    if (!parsed.checkIssued(authority) || !parsed.verify(authority.publicKey))
      throw new CertificateError(`server.crt in ${this.path} was not issued by the ca.crt beside it`, hint)
    return { serverKey, server: { pem, parsed } }
  }

  private file(name: string): string {
    return join(this.path, name)
  }

  private authorityHint(): string {
    return (
      `Put the files back from a copy, or remove the folder ${this.path}: the next start makes a new authority, ` +
      'which has to be trusted anew on every machine.'
    )
  }

  /** A key that others may read, as after a careless copy, is closed again. */
  private closeToOthers(name: string): void {
    if (process.platform === 'win32' || !existsSync(this.file(name))) return
    const { mode } = statSync(this.file(name))
    if ((mode & 0o077) === 0) return
    chmodSync(this.file(name), SECRET)
    this.log.warn('tls.key-was-readable', { file: this.file(name), mode: (mode & 0o777).toString(8) })
  }
}
