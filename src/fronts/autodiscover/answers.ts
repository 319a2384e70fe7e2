import type { Directory } from '../../directory/directory.js'
import type { Principal } from '../../directory/principal.js'
import { element, formatXml, type XmlElement } from './format-xml.js'

const ENVELOPE = 'http://schemas.microsoft.com/exchange/autodiscover/responseschema/2006'
export const OUTLOOK_RESPONSE = 'http://schemas.microsoft.com/exchange/autodiscover/outlook/responseschema/2006a'

/** What else this server serves beside MAPI/HTTP: only that is published, since Outlook refuses to start on dead URLs. */
export interface PublishedServices {
  /** RPC over HTTP: publishes EXPR. */
  rpcHttp: boolean
  /** Address book over MAPI/HTTP. Outlook wants its URL; it is published unless switched off. */
  addressBook: boolean
  ews: boolean
}

export interface SettingsFacts {
  directory: Directory
  owner: Principal
  /** `https://host:port` under which the client reached the server. */
  origin: string
  /** X-MapiHttpCapability of the request, 0 without. */
  mapiHttp: number
  version: readonly number[]
  services: PublishedServices
}

/** The settings of a mailbox ([MS-OXDSCLI] 2.2.4, 3.2.5.1), elements in the order in which Exchange writes them. */
export function formatSettings(facts: SettingsFacts): Buffer {
  const { directory, owner } = facts
  const protocols = facts.mapiHttp > 0 ? [mapiHttp(facts), web(facts)] : [exch(facts), expr(facts), web(facts)]
  return envelope(OUTLOOK_RESPONSE, [
    element('User', [
      element('DisplayName', owner.displayName),
      element('LegacyDN', owner.legacyDn),
      element('AutoDiscoverSMTPAddress', owner.address),
      element('DeploymentId', directory.organization.deploymentId)
    ]),
    element('Account', [
      element('AccountType', 'email'),
      element('Action', 'settings'),
      element('MicrosoftOnline', 'False'),
      ...protocols,
      ...alternativeMailboxes(facts)
    ])
  ])
}

/** [MS-OXDSCLI] 2.2.4.1.1.2.6: Type is an attribute of this block and of no other. */
function mapiHttp({ origin, owner, services }: SettingsFacts): XmlElement {
  const url = (path: string) => `${origin}/mapi/${path}/?MailboxId=${owner.mailboxGuid}@${owner.domain}`
  const urls = (path: string) => [element('InternalUrl', url(path)), element('ExternalUrl', url(path))]
  const blocks = [
    element('MailStore', urls('emsmdb')),
    services.addressBook ? element('AddressBook', urls('nspi')) : undefined
  ]
  return element('Protocol', blocks, { Type: 'mapiHttp', Version: '1' })
}

function exch({ directory, owner, version, origin, services }: SettingsFacts): XmlElement {
  const serverDn = directory.serverDn(owner)
  return element('Protocol', [
    element('Type', 'EXCH'),
    element('Server', `${owner.mailboxGuid}@${owner.domain}`),
    element('ServerDN', serverDn),
    element('ServerVersion', serverVersion(version)),
    element('MdbDN', `${serverDn}/cn=Microsoft Private MDB`),
    element('AuthPackage', 'Anonymous'),
    ...ewsUrls(origin, services)
  ])
}

function expr({ origin, services }: SettingsFacts): XmlElement | undefined {
  if (!services.rpcHttp) return undefined
  const url = new URL(origin)
  return element('Protocol', [
    element('Type', 'EXPR'),
    element('Server', url.host),
    element('SSL', url.protocol === 'https:' ? 'On' : 'Off'),
    element('AuthPackage', 'Basic'),
    ...ewsUrls(origin, services),
    element('ServerExclusiveConnect', 'On')
  ])
}

function web({ origin, services }: SettingsFacts): XmlElement | undefined {
  if (!services.ews) return undefined
  const inner = element('Protocol', [element('Type', 'EXCH'), element('ASUrl', `${origin}/EWS/Exchange.asmx`)])
  return element('Protocol', [element('Type', 'WEB'), element('Internal', [inner])])
}

function ewsUrls(origin: string, services: PublishedServices): XmlElement[] {
  if (!services.ews) return []
  const url = `${origin}/EWS/Exchange.asmx`
  return ['ASUrl', 'EwsUrl', 'OOFUrl'].map(name => element(name, url))
}

/** Mailboxes that Outlook shall open beside the own one: address only, no DN, so that it asks again for each. */
function alternativeMailboxes({ directory, owner }: SettingsFacts): XmlElement[] {
  const list: XmlElement[] = []
  for (const address of owner.fullAccess) {
    const other = directory.byAddress(address)
    if (other === undefined || other === owner) continue
    list.push(
      element('AlternativeMailbox', [
        element('Type', 'Delegate'),
        element('DisplayName', other.displayName),
        element('SmtpAddress', other.address),
        element('OwnerSmtpAddress', other.address)
      ])
    )
  }
  return list
}

/** ServerVersion: four bits 7, six bits major, six bits minor, a flag, fifteen bits build, as hexadecimal digits. */
export function serverVersion(version: readonly number[]): string {
  const [major, minor, build] = version
  return (0x70000000 + major * 0x400000 + minor * 0x10000 + 0x8000 + build).toString(16).toUpperCase()
}

export interface ErrorFacts {
  code: 500 | 600 | 601
  /** Wall clock, milliseconds since 1970. */
  now: number
  /** Number by which the answer can be found in a trace. */
  id: number
}

const MESSAGES = {
  500: "The email address can't be found.",
  600: 'Invalid Request',
  601: 'Provider is not available'
} as const

/** [MS-OXDSCLI] 2.2.4.1.2: an error is HTTP 200 too. */
export function formatError({ code, now, id }: ErrorFacts): Buffer {
  const time = `${new Date(now).toISOString().slice(11, 23)}0000`
  const content = [element('ErrorCode', String(code)), element('Message', MESSAGES[code]), element('DebugData', '')]
  const error = element('Error', content, { Time: time, Id: String(id) })
  return envelope(code === 500 ? OUTLOOK_RESPONSE : ENVELOPE, [error])
}

function envelope(schema: string, content: readonly XmlElement[]): Buffer {
  return formatXml(element('Autodiscover', [element('Response', content, { xmlns: schema })], { xmlns: ENVELOPE }))
}
