/** The properties that [MS-OXCMSG] 2.2.1 and 2.2.2 describe: each is set, saved and read back with the type that it has. */
import t, { type Test } from 'tap'
import { RopGetPropertiesSpecific } from '../../../rops/property/rop-get-properties-specific.js'
import { RopGetPropertyIdsFromNames } from '../../../rops/property/rop-get-property-ids-from-names.js'
import { encodeValue, type PropertyValue } from '../../../src/oxcdata/property-value.js'
import * as names from '../../../src/oxprops/named-properties.generated.js'
import * as tags from '../../../src/oxprops/property-tags.generated.js'
import { requirement } from '../../conformance/ledger.js'
import { MessageClient } from './message-actions.js'
import type { Values } from './real-driver.js'

type Row = readonly [name: string, claim: string, values?: readonly (readonly [PropertyValue, ...string[]])[]]

const MESSAGE: readonly Row[] = [
  ['PidTagMessageClass', 'R499'],
  ['PidTagMessageCodepage', 'R503'],
  ['PidTagMessageLocaleId', 'R505'],
  ['PidTagSubjectPrefix', 'R57'],
  ['PidTagNormalizedSubject', 'R63'],
  [
    'PidTagImportance',
    'R69',
    [
      [0, 'R72'],
      [1, 'R73'],
      [2, 'R74', 'R71']
    ]
  ],
  [
    'PidTagPriority',
    'R75',
    [
      [1, 'R78'],
      [0, 'R79'],
      [-1, 'R80', 'R77']
    ]
  ],
  [
    'PidTagSensitivity',
    'R81',
    [
      [0, 'R84'],
      [1, 'R86'],
      [2, 'R87'],
      [3, 'R88', 'R83']
    ]
  ],
  ['PidLidSmartNoAttach', 'R89'],
  ['PidLidPrivate', 'R92'],
  [
    'PidLidSideEffects',
    'R94',
    [
      [0x0001, 'R2008'],
      [0x0008, 'R2009'],
      [0x0010, 'R2010'],
      [0x0020, 'R2011'],
      [0x0040, 'R2012'],
      [0x0100, 'R2013'],
      [0x0400, 'R2014'],
      [0x0800, 'R2015'],
      [0x1000, 'R2016'],
      [0x2000, 'R2017'],
      [0x4000, 'R2018', 'R1076']
    ]
  ],
  ['PidNameKeywords', 'R108'],
  ['PidLidCommonStart', 'R111'],
  ['PidLidCommonEnd', 'R115'],
  ['PidTagAutoForwarded', 'R1106'],
  ['PidTagAutoForwardComment', 'R1152'],
  ['PidLidCategories', 'R1153'],
  ['PidLidClassification', 'R1155'],
  ['PidLidClassificationDescription', 'R1157'],
  ['PidLidClassified', 'R1159'],
  ['PidTagInternetReferences', 'R1161'],
  ['PidLidInfoPathFormName', 'R1165'],
  ['PidTagMimeSkeleton', 'R1168'],
  ['PidTagTnefCorrelationKey', 'R1175'],
  ['PidTagAddressBookDisplayNamePrintable', 'R2197'],
  ['PidLidAgingDontAgeMe', 'R1187'],
  ['PidLidCurrentVersion', 'R1190'],
  ['PidLidCurrentVersionName', 'R1192'],
  ['PidTagAlternateRecipientAllowed', 'R1194'],
  ['PidTagResponsibility', 'R1196'],
  ['PidNameContentBase', 'R1207'],
  ['PidNameAcceptLanguage', 'R1209'],
  ['PidTagPurportedSenderDomain', 'R1213'],
  ['PidTagSubject', 'R1237'],
  ['PidNameContentClass', 'R1248'],
  ['PidNameContentType', 'R2037'],
  ['PidTagBody', 'R2052'],
  [
    'PidTagNativeBody',
    'R2055',
    [
      [0, 'R2058'],
      [1, 'R2059'],
      [2, 'R2060'],
      [3, 'R2061', 'R1714']
    ]
  ],
  ['PidTagRtfCompressed', 'R2065'],
  ['PidTagRtfInSync', 'R2067'],
  ['PidTagInternetCodepage', 'R2069'],
  ['PidTagBodyContentId', 'R2071'],
  ['PidTagBodyContentLocation', 'R2075'],
  ['PidTagHtml', 'R2081'],
  ['PidTagArchiveTag', 'R2109'],
  ['PidTagPolicyTag', 'R2111'],
  ['PidTagRetentionPeriod', 'R2116'],
  ['PidTagStartDateEtc', 'R2125'],
  ['PidTagRetentionDate', 'R2134'],
  ['PidTagRetentionFlags', 'R2147'],
  ['PidTagArchivePeriod', 'R2163'],
  ['PidTagArchiveDate', 'R2172'],
  ['PidNameMSIPLabels', 'R218101']
]

const ATTACHMENT: readonly Row[] = [
  ['PidTagDisplayName', 'R226'],
  ['PidTagAttachDataBinary', 'R235'],
  [
    'PidTagAttachMethod',
    'R239',
    [[0, 'R588'], [1, 'R590'], [2, 'R592'], [4, 'R594'], [5, 'R596'], [6], [7, 'R59801', 'R241']]
  ],
  ['PidTagAttachLongFilename', 'R599'],
  ['PidTagAttachFilename', 'R601'],
  ['PidTagAttachExtension', 'R603'],
  ['PidTagAttachLongPathname', 'R605'],
  ['PidTagAttachPathname', 'R607'],
  [
    'PidTagAttachTag',
    'R609',
    [
      [Buffer.from('2a864886f714030a01', 'hex'), 'R953'],
      [Buffer.from('2a864886f714030a030201', 'hex'), 'R954'],
      [Buffer.from('2a864886f714030a04', 'hex'), 'R955', 'R612']
    ]
  ],
  ['PidTagRenderingPosition', 'R613'],
  ['PidTagAttachRendering', 'R616'],
  [
    'PidTagAttachFlags',
    'R618',
    [
      [1, 'R2031'],
      [2, 'R2032'],
      [4, 'R2033', 'R620']
    ]
  ],
  ['PidTagAttachTransportName', 'R622'],
  ['PidTagAttachEncoding', 'R624'],
  ['PidTagAttachAdditionalInformation', 'R629'],
  ['PidTagAttachmentLinkId', 'R632'],
  ['PidTagAttachmentFlags', 'R635'],
  ['PidTagAttachmentHidden', 'R638'],
  ['PidTagTextAttachmentCharset', 'R1278'],
  ['PidTagAttachMimeTag', 'R959'],
  ['PidTagAttachContentId', 'R960'],
  ['PidTagAttachContentLocation', 'R961'],
  ['PidTagAttachContentBase', 'R962'],
  ['PidTagAttachPayloadClass', 'R1554'],
  ['PidTagAttachPayloadProviderGuidString', 'R1553'],
  ['PidNameAttachmentMacContentType', 'R1552'],
  ['PidNameAttachmentMacInfo', 'R1551'],
  [
    'PidNameAttachmentProviderType',
    'R128001',
    [
      ['OneDrivePro', 'R128003'],
      ['OneDriveConsumer', 'R128005']
    ]
  ],
  [
    'PidNameAttachmentOriginalPermissionType',
    'R128007',
    [
      [0, 'R128009'],
      [1, 'R128011'],
      [2, 'R128013']
    ]
  ],
  [
    'PidNameAttachmentPermissionType',
    'R128015',
    [
      [0, 'R128017'],
      [1, 'R128019'],
      [2, 'R128021']
    ]
  ]
]

/** A value for a property of which only the type is said. */
const SAMPLES: Record<number, PropertyValue> = {
  3: 42,
  11: true,
  31: 'Some text',
  64: 133_500_000_000_000_000n,
  258: Buffer.from('0011223344556677', 'hex'),
  4127: ['one', 'two']
}

async function tagOf(client: MessageClient, name: string): Promise<number> {
  const fixed = (tags as unknown as Record<string, number>)[name]
  if (fixed !== undefined) return fixed
  const { guid, lid, name: text, type } = (names as unknown as Record<string, names.NamedProperty>)[name]
  const propertyNames = [lid === undefined ? { guid, name: text! } : { guid, lid }]
  const { value } = await client.call(RopGetPropertyIdsFromNames, { flags: 2, propertyNames })
  return ((value!.propertyIds[0] << 16) | type) >>> 0
}

/** The cell that a read without a type gets. */
async function untyped(client: MessageClient, handle: number, tag: number) {
  const request = { propertySizeLimit: 0, wantUnicode: true, propertyTags: [(tag & 0xffff0000) >>> 0] }
  return (await client.call(RopGetPropertiesSpecific, request, handle)).value!.row[0]
}

async function hold(
  t: Test,
  client: MessageClient,
  rows: readonly Row[],
  store: (values: Values) => Promise<number>
): Promise<void> {
  for (const [name, claim, values] of rows) {
    const tag = await tagOf(client, name)
    const type = tag & 0xffff
    for (const [value, ...claims] of values ?? [[SAMPLES[type]]]) {
      const handle = await store([[tag, value]])
      t.same(await untyped(client, handle, tag), { type, bytes: encodeValue(type, value) }, `${name} ${value}`)
      requirement(...claims.map(one => `MS-OXCMSG_${one}`))
      await client.release(handle)
    }
    requirement(`MS-OXCMSG_${claim}`)
  }
}

t.test('properties of messages', async t => {
  const client = await MessageClient.logOn()
  await hold(t, client, MESSAGE, async values => {
    const message = await client.create(values)
    const mid = await client.save(message)
    await client.release(message)
    return client.open(mid)
  })
})

t.test('properties of attachments', async t => {
  const client = await MessageClient.logOn()
  const message = await client.create()
  await hold(t, client, ATTACHMENT, async values => {
    const { handle, number } = await client.attach(message, values)
    await client.saveAttachment(handle)
    const mid = await client.save(message)
    const opened = await client.open(mid)
    const again = await client.openAttachment(opened, number)
    await client.release(handle, opened)
    return again
  })
})

t.test('PidTagMessageCodepage is that of the message', async t => {
  const client = await MessageClient.logOn({ codePage: 1250 })
  t.equal(await client.real.one(await client.create(), tags.PidTagMessageCodepage), 1250)
  const message = await client.create([], { codePageId: 932 })
  t.equal(await client.real.one(await client.open(await client.save(message)), tags.PidTagMessageCodepage), 932)
})
