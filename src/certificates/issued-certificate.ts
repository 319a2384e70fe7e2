import { X509Certificate } from 'node:crypto'
import type { Log } from '../log.js'
import type { Runtime } from '../runtime.js'
import { CertificateError } from './certificate-error.js'
import type { CertificateFolder } from './certificate-folder.js'
import { type CertificateNames, missingNames } from './certificate-names.js'
import type { CertifiedKey } from './make-certificate.js'
import type { ServerCertificate, TlsIdentity } from './server-certificate.js'

export interface IssuedCertificateOptions {
  readonly runtime: Runtime
  readonly log: Log
  /** Where it is kept; undefined keeps it in memory. */
  readonly folder: CertificateFolder | undefined
  /** Names that clients reach the server by. */
  readonly names: () => CertificateNames
  /** Changes whenever the names may have changed. */
  readonly generation: () => number
}

const DAY_MS = 24 * 3600 * 1000
const RENEW_BEFORE_MS = 30 * DAY_MS
/** Clients that were told to trust the authority need to be told of the next one in time. */
const WARN_BEFORE_MS = 90 * DAY_MS
const RETRY_MS = 60_000

/** The modules that make certificates take a while to load; a server that has all it needs does without. */
const loadMaker = () => import('./make-certificate.js')

/**
 * A certificate of the server's private authority. Before each connection it is compared with what the server needs: when a
 * name has come up since (a domain was added) or its end is near, the authority issues a new one.
 */
export class IssuedCertificate implements ServerCertificate {
  readonly authority: { readonly certificate: string; readonly file: string | undefined }
  private identity: TlsIdentity = { certificates: '', key: '' }
  private parsed: X509Certificate | undefined
  private seenGeneration = Number.NaN
  private renewAt = Number.NEGATIVE_INFINITY
  private retryAt = Number.NEGATIVE_INFINITY
  private renewal: Promise<TlsIdentity> | null = null

  private constructor(
    private readonly options: IssuedCertificateOptions,
    private readonly issuer: CertifiedKey,
    private readonly key: string
  ) {
    this.authority = { certificate: issuer.certificate, file: options.folder?.authorityFile }
  }

  /** Reads what is kept and makes what is missing. CertificateError when what is kept cannot be used. */
  static async open(options: IssuedCertificateOptions): Promise<IssuedCertificate> {
    const { folder, runtime, log } = options
    const stored = folder?.read()
    let issuer: CertifiedKey | undefined = stored?.authority
    if (issuer === undefined) {
      issuer = (await loadMaker()).makeAuthority(runtime)
      folder?.writeAuthority(issuer)
      log.info('tls.authority-made', { file: folder?.authorityFile })
    }
    let key = stored?.serverKey
    if (key === undefined) {
      key = (await loadMaker()).makeKey()
      folder?.writeServerKey(key)
    }
    const certificate = new IssuedCertificate(options, issuer, key)
    certificate.checkAuthority()
    if (stored?.server !== undefined) certificate.take(stored.server.pem, stored.server.parsed)
    if (certificate.isStale()) await certificate.issue()
    return certificate
  }

  current(): TlsIdentity | Promise<TlsIdentity> {
    if (this.renewal !== null) return this.renewal
    if (this.options.runtime.now() < this.retryAt || !this.isStale()) return this.identity
    this.renewal = this.renew()
    return this.renewal
  }

  /** A certificate that cannot be renewed, as on a full disk, serves on; it is tried again later. */
  private async renew(): Promise<TlsIdentity> {
    try {
      await this.issue()
    } catch (error) {
      this.options.log.error('tls.renewal-failed', { error })
      this.seenGeneration = Number.NaN
      this.retryAt = this.options.runtime.now() + RETRY_MS
    }
    this.renewal = null
    return this.identity
  }

  private isStale(): boolean {
    const { runtime, generation, names } = this.options
    if (this.parsed === undefined || runtime.now() >= this.renewAt) return true
    const now = generation()
    if (now === this.seenGeneration) return false
    if (missingNames(this.parsed, names().names).length > 0) return true
    this.seenGeneration = now
    return false
  }

  private async issue(): Promise<void> {
    const { makeServerCertificate } = await loadMaker()
    const { runtime, folder, log } = this.options
    const generation = this.options.generation()
    const { names, omitted } = this.options.names()
    const pem = makeServerCertificate(runtime, this.issuer, this.key, names)
    const parsed = new X509Certificate(pem)
    folder?.writeServerCertificate(pem)
    this.take(pem, parsed)
    this.seenGeneration = generation
    log.info('tls.certificate-made', { names: names.length, validTo: parsed.validTo })
    if (omitted > 0) log.warn('tls.too-many-names', { names: names.length, omitted })
  }

  private take(pem: string, parsed: X509Certificate): void {
    // With the authority's certificate behind it, which servers may leave out, people can look at it in their client.
    this.identity = { certificates: pem + this.issuer.certificate, key: this.key }
    this.parsed = parsed
    const end = Date.parse(parsed.validTo)
    // A new one would not be valid for longer than the authority is.
    const isLast = end >= Date.parse(new X509Certificate(this.issuer.certificate).validTo)
    this.renewAt = isLast ? Number.POSITIVE_INFINITY : end - RENEW_BEFORE_MS
  }

  private checkAuthority(): void {
    const { runtime, folder, log } = this.options
    const { validTo, validFrom } = new X509Certificate(this.issuer.certificate)
    const left = Date.parse(validTo) - runtime.now()
    const file = folder?.authorityFile
    if (left <= 0) {
      throw new CertificateError(
        `the certification authority ${file} has expired (${validTo})`,
        'Remove the folder that it stands in: the next start makes a new one, which has to be trusted anew on every machine.'
      )
    }
    if (left < WARN_BEFORE_MS) log.warn('tls.authority-ends', { file, validTo })
    if (Date.parse(validFrom) > runtime.now()) log.warn('tls.authority-not-yet-valid', { file, validFrom })
  }
}
