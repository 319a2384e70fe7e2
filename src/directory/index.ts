export { Directory, DirectoryError, type Organization, type PrincipalChange, type PrincipalSpec } from './directory.js'
export type { PasswordRecord, Principal } from './principal.js'
