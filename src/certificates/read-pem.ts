import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { CertificateError } from './certificate-error.js'

/** A private key and the certificates of a file, the first being the one that was issued for the key. */
export interface ReadKey {
  readonly pem: string
  readonly key: KeyObject
}

export interface ReadChain {
  readonly pem: string
  readonly certificates: readonly [X509Certificate, ...X509Certificate[]]
}

const BLOCK = /-----BEGIN CERTIFICATE-----[\s\S]*?-----END CERTIFICATE-----/g

/** Reads a PEM file of one or more certificates. CertificateError with `hint` when it is not that, or not whole. */
export function readChain(file: string, hint: string): ReadChain {
  const pem = readText(file, hint)
  const blocks = pem.match(BLOCK) ?? []
  if (blocks.length === 0) throw new CertificateError(`${file} has no whole PEM certificate in it`, hint)
  if (blocks.length !== pem.split('-----BEGIN CERTIFICATE-----').length - 1)
    throw new CertificateError(`${file} breaks off in the middle of a certificate`, hint)
  const certificates = blocks.map((block, at) => {
    try {
      return new X509Certificate(block)
    } catch (error) {
      throw new CertificateError(`certificate ${at + 1} of ${file} cannot be read: ${reason(error)}`, hint, error)
    }
  })
  return { pem: `${blocks.join('\n')}\n`, certificates: certificates as [X509Certificate, ...X509Certificate[]] }
}

/** Reads a PEM file of a private key. CertificateError with `hint` when it is not that, or not whole. */
export function readKey(file: string, hint: string): ReadKey {
  const pem = readText(file, hint)
  if (/-----BEGIN ENCRYPTED PRIVATE KEY-----|^Proc-Type: 4,ENCRYPTED/m.test(pem))
    throw new CertificateError(
      `the key in ${file} is protected by a passphrase`,
      `Take the passphrase off: openssl pkey -in ${file} -out plain.key`
    )
  try {
    return { pem, key: createPrivateKey(pem) }
  } catch (error) {
    throw new CertificateError(`${file} has no whole PEM private key in it: ${reason(error)}`, hint, error)
  }
}

function readText(file: string, hint: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    const what = code === 'ENOENT' ? `there is no file ${file}` : `${file} cannot be read: ${reason(error)}`
    throw new CertificateError(what, hint, error)
  }
}

function reason(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
