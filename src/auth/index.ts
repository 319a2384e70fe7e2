export type { AuthConnection, AuthOutcome, AuthScheme } from './auth-scheme.js'
export { Authenticator, type AuthenticatorOptions } from './authenticator.js'
export { Passwords } from './password.js'
export { type PasswordRecord, parseScryptRecord, writeScryptRecord } from './scrypt-record.js'
