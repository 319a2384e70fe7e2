import { formatProtocols } from './format-protocols.js'
import { element, formatXml, type XmlElement } from './format-xml.js'
import { ENVELOPE_SCHEMA, OUTLOOK_RESPONSE_SCHEMA } from './schemas.js'
import type { SettingsFacts, Subject } from './settings-facts.js'

/** The settings of a mailbox ([MS-OXDSCLI] 2.2.4, 3.2.5), elements in the order in which Exchange writes them. */
export function formatSettings(facts: SettingsFacts): Buffer {
  const { subject, deploymentId, publicFolderMailbox } = facts
  const user = element('User', [
    element('DisplayName', subject.displayName),
    element('LegacyDN', subject.legacyDn),
    element('AutoDiscoverSMTPAddress', subject.address),
    element('DeploymentId', deploymentId)
  ])
  const account = element('Account', [
    element('AccountType', 'email'),
    element('Action', 'settings'),
    element('MicrosoftOnline', 'False'),
    ...formatProtocols(facts),
    ...facts.alternatives.map(alternativeMailbox),
    publicFolderMailbox === undefined
      ? undefined
      : element('PublicFolderInformation', [element('SmtpAddress', publicFolderMailbox.address)])
  ])
  const response = element('Response', [user, account], { xmlns: OUTLOOK_RESPONSE_SCHEMA })
  return formatXml(element('Autodiscover', [response], { xmlns: ENVELOPE_SCHEMA }))
}

/** Sends the client to another server for the settings ([MS-OXDSCLI] 2.2.4.1.1.2.2, 2.2.4.1.1.2.9). */
export function formatRedirect(origin: string): Buffer {
  const account = element('Account', [
    element('Action', 'redirectUrl'),
    element('RedirectUrl', `${origin}/autodiscover/autodiscover.xml`)
  ])
  const response = element('Response', [account], { xmlns: OUTLOOK_RESPONSE_SCHEMA })
  return formatXml(element('Autodiscover', [response], { xmlns: ENVELOPE_SCHEMA }))
}

/** Address only and no DN, so that the client asks again for the mailbox itself ([MS-OXDSCLI] 2.2.4.1.1.2.5.4). */
function alternativeMailbox({ displayName, address }: Subject): XmlElement {
  return element('AlternativeMailbox', [
    element('Type', 'Delegate'),
    element('DisplayName', displayName),
    element('SmtpAddress', address),
    element('OwnerSmtpAddress', address)
  ])
}
