import { element, type XmlElement } from './format-xml.js'
import type { SettingsFacts } from './settings-facts.js'

/** Pages of the control panel, as Exchange 2016 words them; Outlook replaces what stands in angle brackets. */
const PAGES: readonly (readonly [name: string, page: string])[] = [
  ['um', '?path=/options/callanswering'],
  ['aggr', '?path=/options/connectedaccounts'],
  [
    'mt',
    'options/ecp/PersonalSettings/DeliveryReport.aspx?rfr=olk&exsvurl=1&IsOWA=<IsOWA>&MsgID=<MsgID>&Mbx=<Mbx>&realm={realm}'
  ],
  ['ret', '?path=/options/retentionpolicies'],
  ['sms', '?path=/options/textmessaging'],
  ['photo', '?path=/options/myaccount/action/photo'],
  ['tm', 'options/ecp/?rfr=olk&ftr=TeamMailbox&exsvurl=1&realm={realm}'],
  [
    'tmCreating',
    'options/ecp/?rfr=olk&ftr=TeamMailboxCreating&SPUrl=<SPUrl>&Title=<Title>&SPTMAppUrl=<SPTMAppUrl>&exsvurl=1&realm={realm}'
  ],
  ['tmEditing', 'options/ecp/?rfr=olk&ftr=TeamMailboxEditing&Id=<Id>&exsvurl=1&realm={realm}'],
  ['extinstall', '?path=/options/manageapps']
]

export function ewsUrl({ origin }: Pick<SettingsFacts, 'origin'>): string {
  return `${origin}/EWS/Exchange.asmx`
}

/** The URLs of an EXCH, EXPR or EXHTTP block, in the order in which Exchange 2016 writes them. */
export function serviceUrls({ origin, services, subject }: SettingsFacts): XmlElement[] {
  const ews = (...names: string[]) => (services.ews ? names.map(name => element(name, ewsUrl({ origin }))) : [])
  const pages = PAGES.map(([name, page]) => element(`EcpUrl-${name}`, page.replace('{realm}', subject.domain)))
  return [
    ...ews('ASUrl', 'EwsUrl', 'EmwsUrl'),
    ...(services.ecp ? [element('EcpUrl', `${origin}/owa/`), ...pages] : []),
    ...ews('OOFUrl'),
    ...(services.um ? [element('UMUrl', `${origin}/EWS/UM2007Legacy.asmx`)] : []),
    ...(services.oab === null ? [] : [element('OABUrl', `${origin}/OAB/${services.oab}/`)])
  ]
}
