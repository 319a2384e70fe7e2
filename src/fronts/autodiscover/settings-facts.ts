import type { Principal } from '../../directory/principal.js'
import type { ClientCapabilities } from './client-capabilities.js'
import type { PublishedServices } from './published-services.js'

/** Whose settings an answer tells. */
export type Subject = Pick<Principal, 'displayName' | 'legacyDn' | 'address' | 'domain' | 'mailboxGuid'>

/** All that an answer with settings is made of. */
export interface SettingsFacts {
  readonly subject: Subject
  /** DN of the server as the subject's own ([MS-OXDSCLI] ServerDN). */
  readonly serverDn: string
  /** One GUID per installation. */
  readonly deploymentId: string
  /** `https://host:port` under which the client can reach the server. */
  readonly origin: string
  readonly client: ClientCapabilities
  /** Version that the server claims to be: major, minor, build, revision. */
  readonly version: readonly number[]
  readonly services: PublishedServices
  /** Names of the authentication schemes that the server offers, in lower case. */
  readonly authSchemes: readonly string[]
  /** Mailboxes that Outlook shall open beside the subject's own. */
  readonly alternatives: readonly Subject[]
  /** The mailbox of the public folders, if the organization has one. */
  readonly publicFolderMailbox: Subject | undefined
  /** Where it is when another server has it, as `https://host`. */
  readonly publicFolderServer: string | undefined
}
