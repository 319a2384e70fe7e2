import t from 'tap'
import type { Principal } from '../../src/directory/index.js'
import { specialFid } from '../../src/mailbox/folders/special-folders.js'
import { rightsOn } from '../../src/mailbox/permissions/access.js'
import { permissionLevels, Right } from '../../src/mailbox/permissions/rights.js'
import { replicasOf } from '../../src/mailbox/public-store/replicas.js'
import { storedString } from '../../src/oxcdata/stored-string.js'
import { PidTagDisplayName } from '../../src/oxprops/property-tags.generated.js'
import { personalityOfWorlds } from '../../src/world/apply-world.js'
import { inlinedWorld } from '../../src/world/inlined-world.js'
import { parseWorld } from '../../src/world/parse-world.js'
import type { WorldReport } from '../../src/world/world-report.js'
import { COMPANY } from './company.js'
import { midsOf, nodeAt, subjectsOf, WorldBed } from './world-bed.js'

/** A change of the text that changes nothing: all of it is looked at again. */
const touched = (text: string): string =>
  text.replace(/^domain: .*$/m, line => `${line.toUpperCase().replace('DOMAIN', 'domain')}`)

const BASE = `
ropewalk: 1
name: base
domain: base.test
users:
  - address: ann@base.test
    name: Ann
    password: secret
    title: Engineer
    folders:
      - path: inbox
        messages: [{ subject: one }, { subject: two }]
        generate: { seed: 1, messages: 10 }
      - path: Projects/Alpha
        messages: [{ subject: alpha }]
  - { address: bo@base.test, name: Bo, password: secret }
`

const nothing = { addressLists: 0, entries: 0, mailboxes: 0, folders: 0, permissions: 0, items: 0 }
const counts = ({ added, updated }: WorldReport) => ({ added, updated })

t.test('which servers have public folders', async t => {
  const world = (replicas: string, more = '') => `
ropewalk: 1
name: replicas
domain: base.test
publicFolderMailbox: { address: pf@base.test }
publicFolders:
  - { path: News, replicas: [here, mail2.base.test], messages: [{ subject: one }] }
  - { path: Far, replicas: [${replicas}]${more} }
`
  const bed = await WorldBed.open()
  await bed.apply(world('mail2.base.test'))
  const core = await bed.mailboxes.find(bed.directory.publicFolderMailbox()!.mailboxNumber)
  const replicas = (path: string) => replicasOf(core!, nodeAt(core!, path))
  t.same(replicas('News'), [core!.guid, 'mail2.base.test'])
  t.same(replicas('Far'), ['mail2.base.test'])
  t.ok((await bed.apply(world('mail2.base.test'))).isUnchanged)
  await bed.apply(world('here'))
  t.same(replicas('Far'), [core!.guid])
  t.same(await bed.problems(), [])
  const mistaken = world('mail3', ', messages: [{ subject: x }]')
  t.throws(() => parseWorld(mistaken), {
    message: /publicFolders.1.replicas: without `here` the folder has no content/
  })
})

t.test('everything that a world says is there, and is there once', async t => {
  const bed = await WorldBed.open()
  const report = await bed.apply(COMPANY)
  t.same(report.kept, [])
  t.same(report.removed, [])
  t.equal(report.added.entries, 12)
  t.equal(report.added.mailboxes, 7)
  t.equal(report.added.addressLists, 2)
  t.same(await bed.problems(), [])
  t.equal(personalityOfWorlds(bed.objects.store), 'exchange2016')
  const again = await bed.apply(COMPANY)
  t.ok(again.isUnchanged)
  await bed.restart()
  const third = await bed.apply(`${COMPANY}  - { path: Untouched }\n`)
  t.notOk(third.isUnchanged)
  t.same(third.kept, [])
  t.same(third.removed, [])
  t.same(counts(third), { added: { ...nothing, folders: 1 }, updated: nothing })
  t.same(await bed.problems(), [])
})

t.test('the entries are what the world says', async t => {
  const bed = await WorldBed.open()
  await bed.apply(COMPANY)
  const { directory } = bed
  const ann = directory.byAddress('a.arbor@company.test')!
  const guidOf = (address: string): string => directory.entryByAddress(address)!.guid
  t.match(ann, {
    kind: 'user',
    address: 'ann@company.test',
    displayName: 'Ann Arbor',
    manager: guidOf('bo@branch.test'),
    delegates: [guidOf('cy@company.test'), guidOf('bo@branch.test')],
    fullAccess: ['team@company.test'],
    roles: ['organizationAdministrator', 'publicFolderOwner'],
    limits: {
      warningBytes: Math.round(1.9 * 2 ** 30),
      sendBytes: 2 ** 31,
      receiveBytes: null,
      sendMessageBytes: 25 << 20
    },
    attributes: {
      title: 'Engineer',
      seniority: 7,
      businessPhones: ['+49 555 0101', '+49 555 0102'],
      birthday: '1980-02-29'
    }
  })
  t.same([...ann.attributes.photo!], [0xff, 0xd8, 0xff, 0xe0, 0x00, 0x10])
  t.equal(directory.byLegacyDn('/o=Old/cn=Recipients/cn=ann'), ann)
  t.ok(await bed.credentials.verify('secret', ann))
  t.match(directory.byAddress('bo@branch.test'), { disabled: true, hidden: true })
  const room = directory.byAddress('room@company.test')!
  t.match(room, { kind: 'room', secret: null, attributes: { roomCapacity: 12 } })
  const rooms = directory.entryByAddress('rooms@company.test')!
  t.match(rooms, { kind: 'group', isRoomList: true, members: [room.guid] })
  const staff = directory.entryByAddress('staff@company.test')!
  t.match(staff, { owners: [guidOf('bo@branch.test')], delegates: [ann.guid], isRoomList: false })
  const berlin = directory.entryByAddress('berlin@company.test')!
  t.same(directory.membersOf(berlin), [ann])
  t.match(directory.entryByAddress('neues@company.test'), { kind: 'publicFolder', displayName: 'News', path: 'News' })
  t.match(directory.publicFolderMailbox(), { address: 'folders@company.test', limits: { sendBytes: 2 ** 30 } })
  t.same(
    directory.organization.addressLists.map(({ name, parent }) => [name, parent]),
    [
      ['Europe', null],
      ['Berlin', 'Europe']
    ]
  )
  t.equal((await bed.mailbox('ann@company.test')).localeId, 0x407)
  t.equal((await bed.mailbox('cy@company.test')).localeId, 0x413)
  t.equal((await bed.mailbox('folders@company.test')).storeKind, 'public')
})

t.test('permissions are in force', async t => {
  const bed = await WorldBed.open()
  await bed.apply(COMPANY)
  const actor = (address: string): Principal => bed.directory.byAddress(address)!
  const ann = await bed.mailbox('ann@company.test')
  const rights = (path: string, address: string): number => rightsOn(ann, nodeAt(ann, path), actor(address))
  t.equal(rights('inbox', 'cy@company.test'), permissionLevels.reviewer, 'as a member of a list')
  t.equal(rights('inbox', 'bo@branch.test'), 0)
  const freeBusy = Right.freeBusySimple | Right.freeBusyDetailed
  t.equal(rights('calendar', 'cy@company.test'), freeBusy, 'everybody')
  t.equal(rights('calendar', 'bo@branch.test'), permissionLevels.editor | freeBusy, 'a delegate')
  t.equal(rights('Projects/Alpha', 'bo@branch.test'), permissionLevels.reviewer)
  t.throws(() => ann.openFolder(specialFid('tasks'), {}, actor('bo@branch.test')))
  const folders = await bed.mailbox('folders@company.test')
  const publicRights = (path: string, address: string): number =>
    rightsOn(folders, nodeAt(folders, path), actor(address))
  t.equal(publicRights('News', 'cy@company.test'), permissionLevels.reviewer)
  t.equal(publicRights('News', 'ann@company.test'), permissionLevels.owner)
  t.same(await subjectsOf(folders, 'News'), ['First news'])
  t.equal((await midsOf(folders, 'News/Archive')).length, 20)
})

t.test('what the world changes is taken over where nobody else has changed the same', async t => {
  const bed = await WorldBed.open()
  await bed.apply(BASE)
  const { directory } = bed
  const ann = directory.byAddress('ann@base.test')!
  await directory.change(ann.guid, { displayName: 'Ann of the user' })
  const changed = BASE.replace('name: Ann\n', 'name: Ann of the world\n')
    .replace('title: Engineer', 'title: Director\n    office: "7"\n    limits: { send: 1 GB }')
    .replace('name: Bo,', 'name: Bo of the world, aliases: [b@base.test],')
  const report = await bed.apply(changed)
  t.match(directory.byAddress('ann@base.test'), {
    displayName: 'Ann of the user',
    attributes: { title: 'Director', office: '7' },
    limits: { sendBytes: 2 ** 30, receiveBytes: null }
  })
  t.match(directory.byAddress('b@base.test'), { displayName: 'Bo of the world' })
  t.equal(report.updated.entries, 2)
  t.same(report.kept, [{ where: 'ann@base.test', what: 'displayName', why: 'was changed since' }])
  // What is taken out of the world goes, unless somebody has changed it.
  await directory.change(ann.guid, { attributes: { ...directory.byAddress('ann@base.test')!.attributes, office: '8' } })
  const shorter = await bed.apply(changed.replace('    title: Director\n', '').replace('    office: "7"\n', ''))
  t.same(directory.byAddress('ann@base.test')!.attributes, { office: '8' })
  t.same(
    shorter.kept.map(({ what }) => what),
    ['displayName', 'attributes.office']
  )
  // And back to what was applied first.
  await directory.change(ann.guid, { displayName: 'Ann' })
  await bed.apply(touched(changed))
  t.equal(directory.byAddress('ann@base.test')!.displayName, 'Ann of the world', 'the user has given way')
})

t.test('a password is the world’s until somebody changes it', async t => {
  const bed = await WorldBed.open()
  await bed.apply(BASE)
  const ann = () => bed.directory.byAddress('ann@base.test')!
  const { secret } = ann()
  await bed.apply(touched(BASE))
  t.equal(ann().secret, secret, 'the same password is not hashed anew')
  const second = BASE.replace('password: secret', 'password: second')
  t.equal((await bed.apply(second)).updated.entries, 1)
  t.ok(await bed.credentials.verify('second', ann()))
  await bed.directory.change(ann().guid, { secret: await bed.credentials.make('of the user', ann().guid) })
  const third = await bed.apply(BASE.replace('password: secret', 'password: third'))
  t.ok(await bed.credentials.verify('of the user', ann()))
  t.same(third.kept, [{ where: 'ann@base.test', what: 'password', why: 'was changed since' }])
})

t.test('what was there before the world stays as it is; what is missing in it is added', async t => {
  const bed = await WorldBed.open()
  const { directory } = bed
  const bo = await directory.add({ address: 'bo@base.test', displayName: 'Bo himself' })
  await directory.add({ address: 'other@base.test', displayName: 'Other', aliases: ['annie@base.test'] })
  const report = await bed.apply(
    BASE.replace('title: Engineer', 'aliases: [annie@base.test]').replace(
      'name: Bo,',
      'name: Bo, title: Boss, folders: [{ path: inbox, messages: [{ subject: new }] }],'
    )
  )
  t.match(directory.byAddress('bo@base.test'), {
    guid: bo.guid,
    displayName: 'Bo himself',
    attributes: {},
    secret: null
  })
  t.same(await subjectsOf(await bed.mailbox('bo@base.test'), 'inbox'), ['new'])
  t.same(directory.byAddress('ann@base.test')!.aliases, [])
  t.same(
    report.kept.map(({ where, what }) => `${where} ${what}`),
    ['ann@base.test alias annie@base.test', 'bo@base.test displayName', 'bo@base.test attributes.title']
  )
  await bed.apply(touched(BASE.replace('name: Bo,', 'name: Bo, title: Boss,')))
  t.match(directory.byAddress('bo@base.test'), { attributes: {} }, 'and later, too')
  const folders = await directory.add({ kind: 'publicFolderMailbox', address: 'pf@base.test', displayName: 'PF' })
  const late = await bed.apply(`${touched(BASE)}publicFolders: [{ path: News, messages: [{ subject: n }] }]\n`)
  t.equal(directory.publicFolderMailbox()?.guid, folders.guid)
  t.ok(late.kept.some(({ why }) => why === 'is pf@base.test already'))
})

t.test('an extended world appends what is new, and only that', async t => {
  const bed = await WorldBed.open()
  await bed.apply(BASE)
  const ann = await bed.mailbox('ann@base.test')
  const before = await midsOf(ann, 'inbox')
  t.equal(before.length, 12)
  const extended = BASE.replace(
    '[{ subject: one }, { subject: two }]',
    '[{ subject: zero }, { subject: one }, { subject: two }, { subject: two }]'
  )
    .replace('messages: 10', 'messages: 25')
    .replace(
      '  - { address: bo',
      '      - path: Projects/Beta\n        generate: { seed: 2, tasks: 3 }\n  - { address: bo'
    )
  const report = await bed.apply(extended)
  t.same(report.added, { ...nothing, folders: 1, items: 2 + 15 + 3 })
  const after = await midsOf(ann, 'inbox')
  t.equal(after.length, 12 + 2 + 15)
  t.same(
    before.filter(mid => !after.includes(mid)),
    []
  )
  const subjects = await subjectsOf(ann, 'inbox')
  for (const [subject, times] of [
    ['zero', 1],
    ['one', 1],
    ['two', 2]
  ] as const) {
    t.equal(subjects.filter(one => one === subject).length, times, subject)
  }
  t.same(
    (await bed.apply(extended.replace('messages: 25', 'messages: 5'))).added,
    nothing,
    'fewer are no reason to delete'
  )
  t.same(await bed.problems(), [])
})

t.test('what a user has deleted, moved or renamed does not come back', async t => {
  const bed = await WorldBed.open()
  await bed.apply(BASE)
  const { directory } = bed
  const ann = await bed.mailbox('ann@base.test')
  const inbox = ann.openFolder(specialFid('inbox'), {}, ann.owner)
  await inbox.deleteMessages(await midsOf(ann, 'inbox'), { hard: true, notifyNonRead: false }, ann.owner)
  const projects = ann.openFolder(nodeAt(ann, 'Projects').fid, {}, ann.owner)
  const alpha = ann.openFolder(nodeAt(ann, 'Projects/Alpha').fid, {}, ann.owner)
  await alpha.set([{ tag: PidTagDisplayName, bytes: storedString('Omega') }], ann.owner)
  await directory.remove(directory.byAddress('bo@base.test')!.guid)
  const report = await bed.apply(
    touched(BASE).replace('[{ subject: alpha }]', '[{ subject: alpha }, { subject: more }]')
  )
  t.same(await subjectsOf(ann, 'inbox'), [])
  t.same(await subjectsOf(ann, 'Projects/Omega'), ['alpha', 'more'], 'a folder is known by more than its name')
  t.throws(() => nodeAt(ann, 'Projects/Alpha'))
  t.equal(directory.byAddress('bo@base.test'), undefined)
  t.same(report.removed, [{ where: 'bo@base.test', what: 'entry', why: 'was removed since' }])
  await projects.removeFolder(alpha.fid, { messages: true, folders: true, hard: true }, ann.owner)
  const later = await bed.apply(BASE.replace('[{ subject: alpha }]', '[{ subject: alpha }, { subject: other }]'))
  t.same(
    later.removed.map(({ what }) => what),
    ['entry', 'Projects/Alpha']
  )
  t.throws(() => nodeAt(ann, 'Projects/Alpha'))
  // Somebody else with the address of one who was removed.
  const bo = await directory.add({ address: 'bo@base.test', displayName: 'Another Bo' })
  t.match((await bed.apply(touched(BASE))).kept, [{ where: 'bo@base.test', what: 'entry' }])
  t.equal(directory.byAddress('bo@base.test')!.displayName, 'Another Bo')
  t.equal(bo.guid, directory.byAddress('bo@base.test')!.guid)
  t.same(await bed.problems().then(problems => problems.filter(problem => !problem.includes('is missing'))), [])
})

t.test('rights that somebody has changed are kept, those that the world takes back go', async t => {
  const bed = await WorldBed.open()
  const withRights = (rights: string): string =>
    BASE.replace('- path: inbox\n', `- path: inbox\n        permissions: ${rights}\n`)
  await bed.apply(withRights('[{ who: bo@base.test, rights: reviewer }, { who: default, rights: contributor }]'))
  const ann = await bed.mailbox('ann@base.test')
  const bo = bed.directory.byAddress('bo@base.test')!
  const inbox = nodeAt(ann, 'inbox')
  const now = () => inbox.permissions.members.map(({ memberId, rights }) => [memberId, rights])
  t.same(now(), [
    [0, permissionLevels.contributor],
    [1, 0],
    [2, permissionLevels.reviewer]
  ])
  await bed.apply(withRights('[{ who: bo@base.test, rights: editor }, { who: default, rights: contributor }]'))
  t.same(now()[2], [2, permissionLevels.editor])
  const folder = ann.openFolder(inbox.fid, {}, ann.owner)
  await folder.setPermissions([{ who: { guid: bo.guid }, rights: permissionLevels.author }], {}, ann.owner)
  const report = await bed.apply(withRights('[{ who: bo@base.test, rights: owner }, { who: default, rights: none }]'))
  t.same(now(), [
    [0, 0],
    [1, 0],
    [2, permissionLevels.author]
  ])
  t.same(
    report.kept.map(({ what }) => what),
    ['rights of bo@base.test']
  )
  await folder.setPermissions([{ who: { guid: bo.guid }, rights: permissionLevels.editor }], {}, ann.owner)
  await bed.apply(withRights('[]'))
  t.same(
    now(),
    [
      [0, 0],
      [1, 0]
    ],
    'the world had given an editor’s rights, and has taken them back'
  )
})

t.test('address lists that somebody has changed or removed are left alone', async t => {
  const bed = await WorldBed.open()
  const lists = (text: string): string => BASE.replace('users:', `addressLists: ${text}\nusers:`)
  await bed.apply(lists('[{ name: X, filter: { kinds: [user] } }, { name: Y, filter: {} }]'))
  const names = () => bed.directory.organization.addressLists.map(({ name, filter }) => [name, filter])
  await bed.apply(
    lists('[{ name: X, filter: { kinds: [room] } }, { name: Y, filter: {} }, { name: Z, under: X, filter: {} }]')
  )
  t.same(names(), [
    ['X', { kinds: ['room'] }],
    ['Y', {}],
    ['Z', {}]
  ])
  await bed.directory.setAddressLists([{ name: 'X', parent: null, filter: { kinds: ['contact'] } }])
  const report = await bed.apply(lists('[{ name: X, filter: { kinds: [user] } }, { name: Y, filter: {} }]'))
  t.same(names(), [['X', { kinds: ['contact'] }]])
  t.same([report.kept.map(({ where }) => where), report.removed.map(({ where }) => where)], [['X'], ['Y']])
})

t.test('an item is the same whether its files lie beside the world or stand in it', async t => {
  const text = BASE.replace(
    '[{ subject: alpha }]',
    '[{ subject: alpha, attachments: [{ name: a.txt, file: a.txt }, { message: { subject: in, attachments: [{ name: b, file: b.txt }] } }] }]'
  ).replace('title: Engineer', 'photo: me.jpg')
  const files = new Map([
    ['a.txt', Buffer.from('a')],
    ['b.txt', Buffer.from('b')],
    ['me.jpg', Buffer.from('ffd8ff', 'hex')]
  ])
  const world = parseWorld(text, 'world', { read: path => files.get(path)! })
  const bed = await WorldBed.open()
  await bed.apply(world)
  const inlined = inlinedWorld(world)
  t.notOk(inlined.files)
  t.equal(inlined.users[0].folders[1].messages[0].attachments[0].base64, 'YQ==')
  const report = await bed.apply(inlined)
  t.same(counts(report), { added: nothing, updated: nothing })
  t.same(report.kept, [])
  files.set('b.txt', Buffer.from('c'))
  const other = await bed.apply(parseWorld(text, 'world', { read: path => files.get(path)! }))
  t.equal(other.added.items, 1, 'other content is another item')
})
