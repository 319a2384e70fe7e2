/**
 * Names of the elements in answers of real servers, in order, without their contents: what a Protocol block holds.
 */

/** Exchange Server 2016 (15.1.1913) to a client without X-MapiHttpCapability, published by somebody who tested its security. */
export const exchange2016 = {
  EXCH: [
    ...[
      'Type',
      'Server',
      'ServerDN',
      'ServerVersion',
      'MdbDN',
      'PublicFolderServer',
      'AD',
      'ASUrl',
      'EwsUrl',
      'EmwsUrl'
    ],
    ...['EcpUrl', 'EcpUrl-um', 'EcpUrl-aggr', 'EcpUrl-mt', 'EcpUrl-ret', 'EcpUrl-sms', 'EcpUrl-photo', 'EcpUrl-tm'],
    ...['EcpUrl-tmCreating', 'EcpUrl-tmEditing', 'EcpUrl-extinstall', 'OOFUrl', 'UMUrl', 'OABUrl'],
    'ServerExclusiveConnect'
  ],
  // That server had no URLs for clients outside.
  EXPR: [
    ...['Type', 'Server', 'SSL', 'AuthPackage', 'ServerExclusiveConnect', 'CertPrincipalName', 'GroupingInformation']
  ],
  WEB: ['Type', 'Internal', 'Internal/OWAUrl', 'Internal/Protocol', 'Internal/Protocol/Type', 'Internal/Protocol/ASUrl']
} as const

/** An Exchange Server 2016 or later to Outlook with X-MapiHttpCapability, in a public repository. */
export const exchangeToOutlook = {
  mapiHttp: ['MailStore', 'MailStore/InternalUrl', 'AddressBook', 'AddressBook/InternalUrl'],
  WEB: [
    ...[
      'Type',
      'Internal',
      'Internal/OWAUrl',
      'Internal/Protocol',
      'Internal/Protocol/Type',
      'Internal/Protocol/ASUrl'
    ],
    ...['External', 'External/OWAUrl', 'External/Protocol', 'External/Protocol/Type', 'External/Protocol/ASUrl']
  ],
  EXHTTP: [
    ...['Type', 'Server', 'SSL', 'AuthPackage', 'ASUrl', 'EwsUrl', 'EmwsUrl'],
    ...['EcpUrl', 'EcpUrl-um', 'EcpUrl-aggr', 'EcpUrl-mt', 'EcpUrl-ret', 'EcpUrl-sms', 'EcpUrl-photo', 'EcpUrl-tm'],
    ...['EcpUrl-tmCreating', 'EcpUrl-tmEditing', 'EcpUrl-extinstall', 'OOFUrl', 'UMUrl', 'ServerExclusiveConnect']
  ]
} as const
