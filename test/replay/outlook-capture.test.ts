import { existsSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { formatExecuteRequest, parseExecuteRequest } from '../../src/captures/execute-request.js'
import { SessionListing } from '../../src/captures/listing/list-exchange.js'
import { readFolder } from '../../src/captures/read-session.js'
import type { RecordedSession } from '../../src/captures/recorded-session.js'
import { openLiveServer } from '../../src/captures/replay/open-live-server.js'
import { replaySession } from '../../src/captures/replay/replay-session.js'
import { startServer } from '../../src/index.js'
import { worldSchema } from '../../src/world/schema.js'

/**
 * What the recorded Outlook sent, played in order against a world that holds its user, as `ropewalk replay` does it: ids, handles
 * and the recorded server's GUIDs are translated by what the answers teach, and every field of the answers is compared. Where
 * documents and recorded server differ the documents win, and the case stands in DIFFERENCES.
 */
const FOLDER = join('..', 'shared', 'captures', '03-mapi-http')
const absent = existsSync(FOLDER) ? false : 'the recorded traffic is not beside this checkout'

const EXECUTES = [19, 21, 22, 28, 37, 38, 39, 43, 45, 47, 55, 158]
/** Outlook logged off and on again in between; the second log-on is not recorded, so that the first has to last. */
const LEFT_OUT = new Set(['execute_22', 'disconnect_23'])

const ANOTHER_REPLICA = {
  theirs: '00000001-18a5-6f7b-bcdc-ea1ed03c5657',
  why: '[MS-OXCSTOR] 2.2.1.1.3 (R131): ids with REPLID 1 are of the replica that the logon names, there of another one'
}

interface KnownDifference {
  theirs: string
  /** Left out where it is another one in each mailbox. */
  ours?: string
  why: string
}

/** Where our answer differs from the recorded server's: what stands there in both, and why. An entry that does not hold fails. */
const DIFFERENCES: Record<string, KnownDifference> = {
  'execute_19/RopLogon/logonFlags': {
    ...{ theirs: '0x9 private | spoolerProcess', ours: '0x1 private' },
    why: '[MS-OXCSTOR] 2.2.1.1.3 (R118): the answer has Private, Undercover and Ghosted only, not SpoolerProcess'
  },
  'execute_19/RopLogon/replId': {
    ...{ theirs: '65535', ours: '1' },
    why: '[MS-OXCSTOR] 2.2.1.1.3 (R131): the REPLID that stands for ReplGuid in ids, which is 1'
  },
  'execute_21/RopGetAddressTypes/addressTypes/[0]': {
    ...{ theirs: '"SMTP"', ours: '"EX"', why: 'the order of types is free ([MS-OXOMSG] 2.2.3.7.2)' }
  },
  'execute_21/RopGetAddressTypes/addressTypes/[1]': {
    ...{ theirs: '"EX"', ours: '"SMTP"', why: 'the order of types is free ([MS-OXOMSG] 2.2.3.7.2)' }
  },
  'execute_28/RopLongTermIdFromId/longTermId/databaseGuid': ANOTHER_REPLICA,
  'execute_39/RopGetLocalReplicaIds/replGuid': ANOTHER_REPLICA,
  'execute_43/RopGetPropertiesSpecific/row/PR_SERVER_TYPE_DISPLAY_NAME': {
    ...{ theirs: 'ecNotFound (0x8004010f)', ours: '"Microsoft Exchange"' },
    why: 'PidTagServerTypeDisplayName names the kind of server; a client that asks for it may be told'
  },
  'execute_47/RopGetPropertiesSpecific/row/PidTagMaximumSubmitMessageSize': {
    ...{ theirs: '67108864 (0x4000000)', ours: '10240' },
    why: 'the limit of the one server is not that of the other'
  },
  ...Object.fromEntries(
    ['Appointment', 'Contact', 'Journal', 'Note', 'Task']
      .map(name => `PidTagIpm${name}EntryId`)
      .concat('PidTagRemindersOnlineEntryId')
      .map(name => [`execute_55/RopGetPropertiesSpecific/row/${name}/databaseGuid`, ANOTHER_REPLICA])
  ),
  'execute_158/RopSynchronizationImportHierarchyChange/returnValue': {
    ...{ theirs: '0 ecNone', ours: 'ecBusy (0x80040108)' },
    why: '[MS-OXCROPS] 3.2.5.4: the handle is that of an upload context which no recorded request opens; here it was a folder, and released'
  },
  'execute_158/RopSynchronizationImportHierarchyChange/folderId': {
    ...{ theirs: '0-0', ours: 'not there', why: 'an error has no body' }
  }
}

const USER_DN = '/o=I638513D0/ou=Exchange Administrative Group (FYDIBOHF23SPDLT)/cn=Recipients/cn=0100000001000000-T1'
const world = worldSchema.parse({
  ropewalk: 1,
  name: 'recorded-outlook',
  organization: 'I638513D0',
  domain: 'recorded.example',
  users: [{ address: 't1@recorded.example', name: 'T1', password: 't1', legacyDn: USER_DN }]
})

/** The exchanges with the mailbox endpoint. */
function mailboxSession(): RecordedSession {
  const session = readFolder(FOLDER)
  const isMailbox = /^(connect|execute|notificationwait)_/
  const exchanges = session.exchanges.filter(({ name }) => isMailbox.test(name) && !LEFT_OUT.has(name))
  // The recorded server showed the user by his address.
  return { ...session, exchanges, user: { displayName: 't1@gromm.fritz.box' } }
}

t.test('every recorded Execute request is taken apart and put together again', { skip: absent }, async t => {
  const requests = readFolder(FOLDER).exchanges.filter(({ type }) => type === 'Execute')
  t.same(
    requests.map(({ name }) => Number(name.replace('execute_', ''))),
    EXECUTES
  )
  const names: string[] = []
  for (const { name, request } of requests) {
    const parsed = parseExecuteRequest(request!.bytes)
    names.push(...parsed.payloads.flatMap(({ rops }) => rops.map(({ rop }) => rop.name)))
    const formatted = formatExecuteRequest(parsed)
    // A compressor is free in what it finds; what it compressed is not.
    if (name !== 'execute_45' && name !== 'execute_158') t.same(formatted, request!.bytes, name)
    else t.same(parseExecuteRequest(formatted), parsed, name)
  }
  t.equal(names.length, 20)
  t.ok(names.includes('RopSynchronizationImportHierarchyChange'))
})

t.test('the recorded session is answered as it was recorded', { skip: absent }, async t => {
  const server = await startServer({ world, memory: true, ports: 0, logLevel: 'silent' })
  t.teardown(() => server.stop())
  const live = await openLiveServer({ url: server.urls.http, user: 't1@recorded.example', password: 't1' })
  t.teardown(() => live.close())
  const { exchanges } = await replaySession(mailboxSession(), live)
  const found = new Map<string, { theirs: string; ours: string }>()
  for (const { name, outcome, reason, differences } of exchanges) {
    if (outcome === 'skipped') t.match([name, reason], ['notificationwait_79', /no event was pending/])
    for (const { path, recorded, live } of differences) found.set(`${name}/${path}`, { theirs: recorded, ours: live })
  }
  for (const [path, { theirs, ours, why }] of Object.entries(DIFFERENCES)) {
    const difference = found.get(path)
    t.equal(difference?.theirs, theirs, `${path}: ${why}`)
    if (ours === undefined) t.not(difference?.ours, theirs)
    else t.equal(difference?.ours, ours)
    found.delete(path)
  }
  t.same(Object.fromEntries(found), {}, 'there is no other difference')
  t.ok(exchanges.reduce((sum, { compared }) => sum + compared, 0) > 150, 'field by field')
})

t.test('a recorded release is answered by nothing but its handle table', { skip: absent }, async t => {
  const session = readFolder(FOLDER)
  const release = session.exchanges.find(({ name }) => name === 'execute_22')!
  const { batch, response } = new SessionListing().list(release)
  t.same([batch.requests.map(({ rop }) => rop.name), batch.handles], [['RopRelease'], [0]])
  const payload = response!.children.find(({ name }) => name === 'rop')?.children[0]
  t.same(
    payload?.children.filter(({ quiet }) => !quiet).map(({ name }) => name),
    ['handles']
  )
})
