export { CertificateError } from './certificate-error.js'
export { type CertificateOptions, openCertificate } from './open-certificate.js'
export type { ServerCertificate, TlsIdentity } from './server-certificate.js'
