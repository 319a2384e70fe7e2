import { createHash, createPublicKey, generateKeyPairSync, type KeyObject, sign } from 'node:crypto'
import { isIP } from 'node:net'
import { AsnConvert, OctetString } from '@peculiar/asn1-schema'
import {
  AlgorithmIdentifier,
  AttributeTypeAndValue,
  AttributeValue,
  AuthorityKeyIdentifier,
  BasicConstraints,
  Certificate,
  ExtendedKeyUsage,
  Extension,
  Extensions,
  GeneralName,
  id_ce_authorityKeyIdentifier,
  id_ce_basicConstraints,
  id_ce_extKeyUsage,
  id_ce_keyUsage,
  id_ce_subjectAltName,
  id_ce_subjectKeyIdentifier,
  id_kp_serverAuth,
  KeyIdentifier,
  KeyUsage,
  KeyUsageFlags,
  Name,
  RelativeDistinguishedName,
  SubjectAlternativeName,
  SubjectKeyIdentifier,
  SubjectPublicKeyInfo,
  TBSCertificate,
  Validity,
  Version
} from '@peculiar/asn1-x509'
import type { Runtime } from '../runtime.js'

/** Certificate and private key as PEM text; the key as PKCS #8. */
export interface CertifiedKey {
  readonly certificate: string
  readonly key: string
}

const DAY_MS = 24 * 3600 * 1000
/** Clocks differ: a certificate is valid since yesterday. */
const BACKDATED_MS = DAY_MS
const AUTHORITY_MS = 3650 * DAY_MS
/** The longest that any client takes: Apple's refuse what is valid for more than 398 days. */
const SERVER_MS = 397 * DAY_MS

const ECDSA_WITH_SHA256 = '1.2.840.10045.4.3.2'
const COMMON_NAME = '2.5.4.3'
const ORGANIZATION_NAME = '2.5.4.10'
/** ub-common-name of RFC 5280. */
const COMMON_NAME_CHARS = 64

/**
 * A key on the curve P-256. Schannel takes it since Windows Vista, so every Outlook that speaks MAPI over HTTP does;
 * making one takes a millisecond where RSA takes up to half a second, and a handshake costs a thirtieth.
 */
export function makeKey(): string {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  return privateKey.export({ type: 'pkcs8', format: 'pem' }) as string
}

/**
 * A private certification authority (RFC 5280), valid for ten years. It may vouch for TLS servers only: who trusts it trusts
 * nothing else that is signed with its key.
 */
export function makeAuthority(runtime: Runtime): CertifiedKey {
  const key = makeKey()
  const publicKey = publicKeyOf(key)
  const identifier = keyIdentifier(publicKey)
  // The same name for two authorities would confuse clients that trust both.
  const name = distinguishedName(`Ropewalk CA ${identifier.toString('hex', 0, 4)}`)
  const begin = runtime.now() - BACKDATED_MS
  const certificate = issue(runtime, {
    publicKey,
    subject: name,
    issuer: name,
    issuerKey: key,
    begin,
    end: begin + AUTHORITY_MS,
    extensions: [
      extension(id_ce_basicConstraints, new BasicConstraints({ cA: true, pathLenConstraint: 0 }), true),
      extension(id_ce_keyUsage, new KeyUsage(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign), true),
      extension(id_ce_extKeyUsage, new ExtendedKeyUsage([id_kp_serverAuth])),
      extension(id_ce_subjectKeyIdentifier, new SubjectKeyIdentifier(identifier))
    ]
  })
  return { certificate, key }
}

/**
 * A server certificate for these DNS names and addresses, issued for the key by the authority. It is valid for 397 days or
 * as long as the authority.
 */
export function makeServerCertificate(
  runtime: Runtime,
  authority: CertifiedKey,
  key: string,
  names: readonly string[]
): string {
  const issuer = AsnConvert.parse(derOf(authority.certificate), Certificate).tbsCertificate
  const publicKey = publicKeyOf(key)
  const begin = runtime.now() - BACKDATED_MS
  const commonName = names.find(name => isIP(name) === 0 && name.length <= COMMON_NAME_CHARS) ?? 'localhost'
  return issue(runtime, {
    publicKey,
    subject: distinguishedName(commonName),
    issuer: issuer.subject,
    issuerKey: authority.key,
    begin,
    end: Math.min(begin + SERVER_MS, issuer.validity.notAfter.getTime().getTime()),
    extensions: [
      extension(id_ce_basicConstraints, new BasicConstraints({ cA: false }), true),
      extension(id_ce_keyUsage, new KeyUsage(KeyUsageFlags.digitalSignature), true),
      extension(id_ce_extKeyUsage, new ExtendedKeyUsage([id_kp_serverAuth])),
      extension(id_ce_subjectAltName, new SubjectAlternativeName(names.map(generalName))),
      extension(id_ce_subjectKeyIdentifier, new SubjectKeyIdentifier(keyIdentifier(publicKey))),
      extension(id_ce_authorityKeyIdentifier, authorityKeyIdentifier(publicKeyOf(authority.key)))
    ]
  })
}

interface Issue {
  publicKey: KeyObject
  subject: Name
  issuer: Name
  issuerKey: string
  /** Milliseconds since 1970. */
  begin: number
  end: number
  extensions: Extension[]
}

function issue(runtime: Runtime, wanted: Issue): string {
  const signature = new AlgorithmIdentifier({ algorithm: ECDSA_WITH_SHA256 })
  const tbsCertificate = new TBSCertificate({
    version: Version.v3,
    serialNumber: serialNumber(runtime),
    signature,
    issuer: wanted.issuer,
    validity: new Validity({ notBefore: new Date(wanted.begin), notAfter: new Date(wanted.end) }),
    subject: wanted.subject,
    subjectPublicKeyInfo: publicKeyInfo(wanted.publicKey),
    extensions: new Extensions(wanted.extensions)
  })
  const signed = sign('sha256', Buffer.from(AsnConvert.serialize(tbsCertificate)), wanted.issuerKey)
  const certificate = new Certificate({
    tbsCertificate,
    signatureAlgorithm: signature,
    signatureValue: arrayBuffer(signed)
  })
  return pemOf(Buffer.from(AsnConvert.serialize(certificate)))
}

/** 16 random bytes; the first between 0x40 and 0x7F keeps the number positive and its length the same. */
function serialNumber(runtime: Runtime): ArrayBuffer {
  const bytes = runtime.random(new Uint8Array(16))
  bytes[0] = (bytes[0] & 0x3f) | 0x40
  return arrayBuffer(bytes)
}

function distinguishedName(commonName: string): Name {
  const part = (type: string, text: string): RelativeDistinguishedName =>
    new RelativeDistinguishedName([
      new AttributeTypeAndValue({ type, value: new AttributeValue({ utf8String: text }) })
    ])
  return new Name([part(ORGANIZATION_NAME, 'Ropewalk'), part(COMMON_NAME, commonName)])
}

function generalName(name: string): GeneralName {
  return new GeneralName(isIP(name) === 0 ? { dNSName: name } : { iPAddress: name })
}

function extension(extnID: string, value: object, critical = false): Extension {
  return new Extension({ extnID, critical, extnValue: new OctetString(AsnConvert.serialize(value)) })
}

function authorityKeyIdentifier(publicKey: KeyObject): AuthorityKeyIdentifier {
  return new AuthorityKeyIdentifier({ keyIdentifier: new KeyIdentifier(keyIdentifier(publicKey)) })
}

/** The first 160 bits of the SHA-256 hash of the key (RFC 7093, method 1). */
function keyIdentifier(publicKey: KeyObject): Buffer {
  const { subjectPublicKey } = publicKeyInfo(publicKey)
  return createHash('sha256').update(Buffer.from(subjectPublicKey)).digest().subarray(0, 20)
}

function publicKeyInfo(publicKey: KeyObject): SubjectPublicKeyInfo {
  return AsnConvert.parse(publicKey.export({ type: 'spki', format: 'der' }), SubjectPublicKeyInfo)
}

function publicKeyOf(privateKey: string): KeyObject {
  return createPublicKey(privateKey)
}

function arrayBuffer(bytes: Uint8Array): ArrayBuffer {
  return bytes.slice().buffer as ArrayBuffer
}

function derOf(pem: string): Buffer {
  return Buffer.from(pem.replace(/-----[^-]+-----/g, ''), 'base64')
}

function pemOf(der: Buffer): string {
  const lines = der.toString('base64').match(/.{1,64}/g) as string[]
  return `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`
}
