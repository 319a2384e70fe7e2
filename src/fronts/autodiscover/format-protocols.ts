import { element, type XmlElement } from './format-xml.js'
import { serverVersion } from './server-version.js'
import { ewsUrl, serviceUrls } from './service-urls.js'
import type { SettingsFacts } from './settings-facts.js'

/** Highest version of the mapiHttp block that the server knows; there has been no other yet. */
const MAPI_HTTP_VERSION = 1

/** Name of the only site that a new Active Directory has; Outlook groups servers by it. */
const SITE = 'Default-First-Site-Name'

/**
 * The Protocol elements of an answer ([MS-OXDSCLI] 2.2.4.1.1.2.6). A client that speaks MAPI/HTTP gets mapiHttp and neither
 * EXCH nor EXPR; any other gets these and no mapiHttp (3.2.5.1).
 */
export function formatProtocols(facts: SettingsFacts): (XmlElement | undefined)[] {
  if (facts.client.mapiHttp > 0) return [mapiHttp(facts), web(facts), exhttp(facts)]
  return [exch(facts), expr(facts), web(facts), exhttp(facts)]
}

/** Type is an attribute of this block and a child of every other. Version: at most what the client knows. */
function mapiHttp({ client, origin, subject, services }: SettingsFacts): XmlElement {
  const urls = (path: string) => {
    const url = `${origin}/mapi/${path}/?MailboxId=${subject.mailboxGuid}@${subject.domain}`
    return [element('InternalUrl', url), element('ExternalUrl', url)]
  }
  const blocks = [
    element('MailStore', urls('emsmdb')),
    services.addressBook ? element('AddressBook', urls('nspi')) : undefined
  ]
  const version = Math.min(MAPI_HTTP_VERSION, client.mapiHttp)
  return element('Protocol', blocks, { Type: 'mapiHttp', Version: String(version) })
}

/**
 * Who the mailbox and its server are. The block is there whether or not RPC is served: it is where clients of the web
 * services look for their URLs, and an answer with settings has to have a block.
 */
function exch(facts: SettingsFacts): XmlElement {
  const { subject, serverDn, version, origin, publicFolderMailbox, publicFolderServer } = facts
  return element('Protocol', [
    element('Type', 'EXCH'),
    element('Server', `${subject.mailboxGuid}@${subject.domain}`),
    element('ServerDN', serverDn),
    element('ServerVersion', serverVersion(version)),
    element('MdbDN', `${serverDn}/cn=Microsoft Private MDB`),
    publicFolderMailbox === undefined
      ? undefined
      : element('PublicFolderServer', new URL(publicFolderServer ?? origin).hostname),
    ...serviceUrls(facts),
    element('ServerExclusiveConnect', 'off')
  ])
}

/** RPC over HTTP, for clients that cannot reach the server by RPC over TCP: only where it is served. */
function expr(facts: SettingsFacts): XmlElement | undefined {
  if (!facts.services.rpcHttp) return undefined
  const { hostname, protocol } = new URL(facts.origin)
  return element('Protocol', [
    element('Type', 'EXPR'),
    ...proxy(facts),
    ...serviceUrls(facts),
    element('ServerExclusiveConnect', 'on'),
    element('CertPrincipalName', protocol === 'https:' ? `msstd:${hostname}` : 'None'),
    facts.services.ews ? element('EwsPartnerUrl', ewsUrl(facts)) : undefined,
    element('GroupingInformation', SITE)
  ])
}

/**
 * The same for clients that can handle the block ([MS-OXDSCLI] 2.2.2.3 ExHttpInfo). To one that speaks MAPI/HTTP it is the
 * only place that names the web services, so that it is there, too, when those are all that there is.
 */
function exhttp(facts: SettingsFacts): XmlElement | undefined {
  const { client, services } = facts
  if (!client.exHttpInfo) return undefined
  const urls = serviceUrls(facts)
  if (!services.rpcHttp && (client.mapiHttp === 0 || urls.length === 0)) return undefined
  const content = [element('Type', 'EXHTTP'), ...proxy(facts), ...urls, element('ServerExclusiveConnect', 'On')]
  return element('Protocol', content)
}

/** How to reach the RPC proxy. */
function proxy({ origin, client, authSchemes }: SettingsFacts): XmlElement[] {
  const { host, protocol } = new URL(origin)
  const negotiate = client.negotiate && authSchemes.includes('negotiate')
  const authPackage = negotiate ? 'Negotiate' : authSchemes.includes('ntlm') ? 'Ntlm' : 'Basic'
  return [
    element('Server', host),
    element('SSL', protocol === 'https:' ? 'On' : 'Off'),
    element('AuthPackage', authPackage)
  ]
}

/** What a browser can reach, from inside the organization and from outside: here the same. */
function web(facts: SettingsFacts): XmlElement | undefined {
  const { owa, ews } = facts.services
  if (!owa && !ews) return undefined
  const place = (name: string, protocol: string, authentication: string) =>
    element(name, [
      owa ? element('OWAUrl', `${facts.origin}/owa/`, { AuthenticationMethod: authentication }) : undefined,
      ews ? element('Protocol', [element('Type', protocol), element('ASUrl', ewsUrl(facts))]) : undefined
    ])
  return element('Protocol', [
    element('Type', 'WEB'),
    place('Internal', 'EXCH', 'Basic, Fba'),
    place('External', 'EXPR', 'Fba')
  ])
}
