import { createSecureContext } from 'node:tls'
import type { Log } from '../log.js'
import { CertificateError } from './certificate-error.js'
import { missingNames } from './certificate-names.js'
import { readChain, readKey } from './read-pem.js'
import type { ServerCertificate } from './server-certificate.js'

export interface OwnCertificateOptions {
  readonly certFile: string
  readonly keyFile: string
  /** Names that clients reach the server by. */
  readonly names: readonly string[]
  /** Milliseconds since 1970. */
  readonly now: number
  readonly log: Log
}

const HINT =
  'tlsCertFile (--tls-cert) takes a PEM file with the server certificate first and then those that issued it, tlsKeyFile ' +
  '(--tls-key) its private key. Both out of a PFX file: openssl pkcs12 -nodes -in server.pfx -out server.pem'

/**
 * A user's own certificate. CertificateError when it cannot be used; what a client would complain of, its time or its
 * names, is a warning in the log, since clients differ and may be told to take it.
 */
export function openOwnCertificate(options: OwnCertificateOptions): ServerCertificate {
  const { certFile, keyFile, now, log } = options
  if (certFile === '' || keyFile === '') {
    const [given, absent] = certFile === '' ? ['tlsKeyFile', 'tlsCertFile'] : ['tlsCertFile', 'tlsKeyFile']
    throw new CertificateError(`${given} is set, but ${absent} is not`, HINT)
  }
  const { pem, certificates } = readChain(certFile, HINT)
  const { pem: keyPem, key } = readKey(keyFile, HINT)
  const [own] = certificates
  if (!own.checkPrivateKey(key)) {
    const at = certificates.findIndex(one => one.checkPrivateKey(key))
    throw new CertificateError(
      at < 0
        ? `the key in ${keyFile} is not that of the certificate in ${certFile}`
        : `the server certificate stands in place ${at + 1} of ${certFile}; it has to be the first`,
      HINT
    )
  }
  try {
    createSecureContext({ cert: pem, key: keyPem })
  } catch (error) {
    throw new CertificateError(`${certFile} cannot be used for TLS: ${(error as Error).message}`, HINT, error)
  }
  for (const { validFrom, validTo, subject } of certificates) {
    if (Date.parse(validTo) <= now) log.warn('tls.certificate-expired', { file: certFile, subject, validTo })
    if (Date.parse(validFrom) > now) log.warn('tls.certificate-not-yet-valid', { file: certFile, subject, validFrom })
  }
  const missing = missingNames(own, options.names)
  if (missing.length > 0) log.warn('tls.certificate-lacks-names', { file: certFile, missing })
  const identity = { certificates: pem, key: keyPem }
  return { current: () => identity, authority: undefined }
}
