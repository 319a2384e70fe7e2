/** What a real Outlook and a real Exchange Server said to their peers, listed: nothing is left undecoded, and it says what it should. */
import { join } from 'node:path'
import t from 'tap'
import { inspectJson, inspectText } from '../../src/captures/inspect-session.js'
import { plainPaint } from '../../src/captures/listing/format-tree.js'
import { SessionListing } from '../../src/captures/listing/list-exchange.js'
import { nodesOf, type Tree } from '../../src/captures/listing/tree.js'
import type { JsonTree } from '../../src/captures/listing/tree-json.js'
import { readSession } from '../../src/captures/read-session.js'
import { absent, exchangeFolder, OUTLOOK_FOLDER, recordedFolders } from './recorded-folders.js'

/** The lines that a listing has for one exchange or file. */
function listed(path: string, only?: string): string[] {
  return [...inspectText(readSession(path), { hex: false, paint: plainPaint }, only)]
}

/** Whether the lines occur in this order, each ending like it is given. */
function demandLines(test: Pick<typeof t, 'ok'>, lines: readonly string[], wanted: readonly string[]): void {
  let at = 0
  for (const text of wanted) {
    const found = lines.findIndex((one, index) => index >= at && one.replaceAll(/ +/g, ' ').trim() === text)
    test.ok(found >= 0, text)
    at = found < 0 ? at : found + 1
  }
}

t.test('every recorded message is listed without a rest', { skip: absent }, async t => {
  let messages = 0
  for (const folder of recordedFolders()) {
    const listing = new SessionListing()
    for (const exchange of readSession(folder).session.exchanges) {
      const { request, response } = listing.list(exchange)
      for (const tree of [request, response]) {
        if (tree === undefined) continue
        messages++
        const faults = [...nodesOf(tree)].filter(node => node.fault !== undefined)
        if (faults.length > 0)
          t.same(
            faults.map(node => node.fault),
            [],
            `${folder} ${exchange.name} ${tree.name}`
          )
      }
    }
  }
  t.equal(messages, 48 + 227, 'bodies of two recordings, the two empty ones of PING among them')
})

t.test('a logon, its folders and what the handle stands for afterwards', { skip: absent }, async t => {
  demandLines(t, listed(OUTLOOK_FOLDER, '19'), [
    'RopLogon logon 0, output 0',
    'logonFlags 0x9 private | spoolerProcess',
    'RopLogon output 0',
    'returnValue 0 ecNone',
    'folderIds 13 elements',
    '[3] 1-9 IPM subtree',
    '[4] 1-d Inbox',
    'mailboxGuid 7aa9f315-e0bb-43c2-a6c2-a406c292e8a5',
    'gwartTime 2022-11-28T20:10:21Z',
    '[0] 0x00000000 logon 0'
  ])
})

t.test('a compressed request, decompressed', { skip: absent }, async t => {
  demandLines(t, listed(OUTLOOK_FOLDER, 'execute_45'), [
    'flags 0x2 noXorMagic',
    '[0] 33 bytes, compressed from 57, last',
    'decompressed',
    'RopOpenFolder logon 0, input 0, output 1',
    'folderId 1-1 root',
    'folderId 1-9 IPM subtree',
    'folderId 1-d Inbox',
    'RopOpenFolder output 3'
  ])
})

t.test('properties by name, with the tags of the request', { skip: absent }, async t => {
  demandLines(t, listed(join(OUTLOOK_FOLDER, 'execute_resp43.bin')), [
    'response 227 bytes, execute_resp43.bin',
    'RopGetPropertiesSpecific input 0',
    'PidTagMailboxOwnerName "t1@gromm.fritz.box"',
    'PidTagMailboxOwnerEntryId 129 bytes',
    'provider c840a7dc-42c0-1a10-b4b9-08002b2fe182 muidEMSAB',
    'dn "/O=I638513D0/OU=EXCHANGE ADMINISTRATIVE GROUP (FYDIBOHF23SPDLT)/CN=RECIPIENTS/CN=0100000001000000-T1"',
    'PR_SERVER_TYPE_DISPLAY_NAME ecNotFound (0x8004010f)'
  ])
})

t.test('an imported folder: change keys, times and source keys', { skip: absent }, async t => {
  const lines = listed(OUTLOOK_FOLDER, '158')
  demandLines(t, lines, [
    '[0] 258 bytes, compressed from 312, last',
    'RopSynchronizationImportHierarchyChange logon 0, input 0'
  ])
  demandLines(t, lines, [
    'PidTagSourceKey 22 bytes',
    'globcnt 0xf',
    'PidTagPredecessorChangeList 44 bytes',
    'localId 4 bytes 00000419'
  ])
  t.ok(lines.some(line => /PidTagLastModificationTime +2022-\d\d-\d\dT/.test(line)))
})

t.test('address book bodies: rows with the columns that they name', { skip: absent }, async t => {
  demandLines(t, listed(OUTLOOK_FOLDER, 'getmatches_6'), [
    'filter property',
    'relop 4 ==',
    'propertyTag PidTagAnr (0x360c001f)',
    'PidTagAnr "=SMTP:t1@gromm.fritz.box"',
    'columns 15 elements',
    '[14] PidTagEmailAddress:001e (0x3003001e)',
    'minimalIds 1 element',
    'rows 1 element',
    'PidTagDisplayName:001e "t1"',
    'PidTagTitle:001e not there',
    'serverGuid e451eb24-ecfd-4a9b-8f96-cf8a0ce006d8',
    'PidTagObjectType 6 mailUser'
  ])
  demandLines(t, listed(OUTLOOK_FOLDER, 'getprops_34'), [
    'errorCode ecErrorsReturned (0x00040380)',
    '0x8170000a ecNotFound (0x8004010f)'
  ])
})

t.test('auxiliary blocks of Outlook', { skip: absent }, async t => {
  demandLines(t, listed(OUTLOOK_FOLDER, 'connect_18'), [
    'AUX_PERF_CLIENTINFO',
    'clientMode 2 cached',
    'adapterName "vEthernet (Extern)"',
    'AUX_PERF_PROCESSINFO',
    'processName "OUTLOOK.EXE"',
    'AUX_EXORGINFO',
    'AUX_ENDPOINT_CAPABILITIES',
    'endpointCapabilityFlag 0x1 singleEndpoint'
  ])
})

t.test(
  'a session with Exchange: envelope, names of named properties, errors, what is not recorded',
  { skip: absent },
  async t => {
    const session = exchangeFolder('session-en-us')
    demandLines(t, listed(session, '1'), ['metaTag PROCESSING', 'metaTag DONE', 'X-StartTime "0"', 'X-ElapsedTime "0"'])
    demandLines(t, listed(session, '5'), [
      'X-RequestType: Execute',
      'PidTagComment "mapi-client-rs probe"',
      'error ecAccessDenied (0x80070005)'
    ])
    demandLines(t, listed(session, '6'), ['[0] PidLidAppointmentStartWhole', 'response 144 bytes, not recorded'])
    demandLines(t, listed(exchangeFolder('wrong-server'), '2'), [
      'returnValue ecWrongServer (0x00000478)',
      'logonFlags 0x1 private'
    ])
    demandLines(t, listed(exchangeFolder('connect-refused')), ['errorCode ecUnknownUser (0x000003eb)'])
  }
)

t.test('JSON holds the fields that the text shows', { skip: absent }, async t => {
  for (const folder of recordedFolders()) {
    const found = readSession(folder)
    const json = JSON.parse([...inspectJson(found, true)].join('')) as {
      exchanges: { name: string; request?: { fields?: JsonTree[] }; response?: { fields?: JsonTree[] } }[]
    }
    const listing = new SessionListing()
    for (const [at, exchange] of found.session.exchanges.entries()) {
      const { request, response } = listing.list(exchange)
      const one = json.exchanges[at]
      t.equal(one.name, exchange.name)
      t.same(flatJson(one.request?.fields ?? []), flatTree(request), `${exchange.name} request`)
      t.same(flatJson(one.response?.fields ?? []), flatTree(response), `${exchange.name} response`)
    }
  }
})

function flatTree(tree: Tree | undefined): string[] {
  if (tree === undefined) return []
  return [...nodesOf(tree)].slice(1).map(node => `${node.name} ${node.text} ${node.start} ${node.end - node.start}`)
}

function flatJson(fields: readonly JsonTree[]): string[] {
  return fields.flatMap(one => [
    `${one.name} ${one.text ?? ''} ${one.offset} ${one.size}`,
    ...flatJson(one.children ?? [])
  ])
}

t.test('every field of the text stands in the hexadecimal listing with its place', { skip: absent }, async t => {
  const found = readSession(OUTLOOK_FOLDER)
  const lines = [...inspectText(found, { hex: true, paint: plainPaint }, 'execute_19')]
  t.ok(lines.includes('000000     4 02 00 00 00                  flags      0x2 noXorMagic'))
  t.ok(
    lines.some(line => /^000012 +1 fe +ropId +254/.test(line)),
    'fields of the frame as well'
  )
})
