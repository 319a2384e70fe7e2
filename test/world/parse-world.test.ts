import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { parseWorld, readWorld, WorldError } from '../../src/world/parse-world.js'
import { SeededRandom } from '../../src/world/seeded-random.js'
import { filesBeside } from '../../src/world/world-files.js'

const HEAD = `ropewalk: 1
name: w
domain: w.example
`
const USERS = `${HEAD}users:
  - address: a@w.example
    name: A
    password: p
`

function problemsOf(text: string): readonly string[] {
  try {
    parseWorld(text, 'x.yaml')
  } catch (error) {
    if (error instanceof WorldError) return error.problems
    throw error
  }
  return []
}

/** A text with the lines that follow on top of the minimal user, and the one problem that they make. */
const MISTAKES: readonly [name: string, text: string, problem: string][] = [
  [
    'no address',
    USERS.replace('a@w.example', 'nobody'),
    '5:14: users.0.address: must be an address such as alice@example.com'
  ],
  [
    'an address that the directory refuses',
    USERS.replace('a@w.example', 'a..b@w.example'),
    '5:14: users.0.address: not an e-mail address: a..b@w.example'
  ],
  ['an unknown key', `${USERS}    colour: red\n`, '8:5: users.0.colour: there is no such key here'],
  [
    'a misspelt attribute',
    `${USERS}    tittle: Engineer\n`,
    '8:5: users.0.tittle: there is no such key here; do you mean title?'
  ],
  [
    'a misspelt key of the world',
    `${USERS}groops: []\n`,
    '8:1: groops: there is no such key here; do you mean groups?'
  ],
  [
    'a number for a text',
    `${USERS}    mobilePhone: 555123\n`,
    '8:18: users.0.mobilePhone: must be text: put it into quotes, "555123"'
  ],
  ['a text for a list', `${USERS}    aliases: b@w.example\n`, '8:14: users.0.aliases: must be a list'],
  ['nothing for a list', `${USERS}    aliases:\n`, '8:13: users.0.aliases: has no value; it must be a list'],
  ['a missing key', `${HEAD}users: [{ address: a@w.example, name: A }]\n`, '4:9: users.0.password: is missing'],
  ['an empty name', USERS.replace('name: A', 'name: ""'), '6:11: users.0.name: must not be empty'],
  [
    'a text that is too long',
    `${USERS}    title: ${'x'.repeat(257)}\n`,
    '8:12: users.0.title: must have at most 256 characters'
  ],
  ['another version', USERS.replace('ropewalk: 1', 'ropewalk: 2'), '1:11: ropewalk: must be 1'],
  [
    'a role that is none',
    `${USERS}    roles: [publicFolderOwnr]\n`,
    '8:13: users.0.roles.0: must be one of organizationAdministrator, publicFolderOwner; do you mean publicFolderOwner?'
  ],
  [
    'a size that is none',
    `${USERS}    limits: { send: 2 XB }\n`,
    '8:21: users.0.limits.send: must be a size such as 500 KB or 2 GB'
  ],
  [
    'a share above one',
    `${USERS}    folders: [{ path: inbox, generate: { seed: 1, messages: 1, unread: 2 } }]\n`,
    '8:72: users.0.folders.0.generate.unread: must be at most 1'
  ],
  [
    'nothing to generate',
    `${USERS}    folders: [{ path: inbox, generate: { seed: 1 } }]\n`,
    '8:40: users.0.folders.0.generate: say how many messages, appointments, contacts or tasks'
  ],
  [
    'a link to nobody',
    `${USERS}    opens: [b@w.example]\n`,
    '8:13: users.0.opens.0: nobody in this world has the address b@w.example'
  ],
  [
    'a manager who is nobody',
    `${USERS}    manager: b@w.example\n`,
    '8:14: users.0.manager: nobody in this world has the address b@w.example'
  ],
  [
    'a delegate who is nobody',
    `${USERS}    delegates: [{ who: b@w.example }]\n`,
    '8:24: users.0.delegates.0.who: nobody in this world has the address b@w.example'
  ],
  [
    'full access to what is no mailbox',
    `${USERS}    opens: [g@w.example]\ngroups: [{ address: g@w.example, name: G, members: [] }]\n`,
    '8:13: users.0.opens.0: g@w.example is no mailbox'
  ],
  [
    'a name twice',
    `${USERS}  - { address: A@W.example, name: B, password: q }\n`,
    '8:16: users.1.address: A@W.example already belongs to users.0'
  ],
  [
    'an alias that somebody has',
    `${USERS}contacts: [{ address: c@x.example, name: C, aliases: [a@w.example] }]\n`,
    '8:55: contacts.0.aliases.0: a@w.example already belongs to users.0'
  ],
  [
    'a domain that is none of the world',
    USERS.replace('a@w.example', 'a@v.example'),
    "5:14: users.0.address: v.example is none of the world's domains, w.example"
  ],
  [
    'a legacy DN twice',
    `${USERS}    legacyDn: /o=x\n    proxyAddresses: ["X500:/O=X"]\n  - { address: b@w.example, name: B, password: q, proxyAddresses: ["x500:/o=x"] }\n`,
    '9:22: users.0.proxyAddresses.0: /O=X already belongs to users.0'
  ],
  [
    'an SMTP proxy address',
    `${USERS}    proxyAddresses: ["smtp:b@w.example"]\n`,
    '8:22: users.0.proxyAddresses.0: is an SMTP address: write it under aliases'
  ],
  ['an unknown culture', `${USERS}    culture: xx-XX\n`, '8:14: users.0.culture: must be one of'],
  [
    'culture and its former name',
    `${USERS}    culture: de-DE\n    locale: de-DE\n`,
    '9:5: users.0.locale: is the former name of culture: give one of them'
  ],
  [
    'a list with members and filter',
    `${USERS}groups: [{ address: g@w.example, name: G, members: [], filter: {} }]\n`,
    '8:56: groups.0.filter: a list has members or a filter, not both'
  ],
  [
    'a list with neither',
    `${USERS}groups: [{ address: g@w.example, name: G }]\n`,
    '8:10: groups.0: a list needs members or a filter'
  ],
  [
    'a filter that misspells',
    `${USERS}groups: [{ address: g@w.example, name: G, filter: { departmnt: x } }]\n`,
    '8:53: groups.0.filter.departmnt: there is no such key here; do you mean department?'
  ],
  [
    'a room list of people',
    `${USERS}roomLists: [{ address: g@w.example, name: G, members: [a@w.example] }]\n`,
    '8:56: roomLists.0.members.0: a@w.example is no room'
  ],
  [
    'a folder twice',
    `${USERS}    folders: [{ path: A/B }, { path: /a/b }]\n`,
    '8:38: users.0.folders.1.path: /a/b stands at users.0.folders.0 already'
  ],
  [
    'a search folder with content',
    `${USERS}    folders: [{ path: reminders }]\n`,
    '8:23: users.0.folders.0.path: reminders is a search folder: nothing can be put into it'
  ],
  [
    'rights for nobody',
    `${USERS}    folders: [{ path: inbox, permissions: [{ who: b@w.example, rights: editor }] }]\n`,
    '8:51: users.0.folders.0.permissions.0.who: nobody in this world has the address b@w.example'
  ],
  [
    'a level that is none',
    `${USERS}    folders: [{ path: inbox, permissions: [{ who: default, rights: editr }] }]\n`,
    '8:68: users.0.folders.0.permissions.0.rights: must be one of none, freeBusySimple, freeBusyDetailed, contributor, reviewer, nonEditingAuthor, author, publishingAuthor, editor, publishingEditor, owner; do you mean editor?'
  ],
  [
    'a right that is none',
    `${USERS}    folders: [{ path: inbox, permissions: [{ who: default, rights: [read] }] }]\n`,
    '8:69: users.0.folders.0.permissions.0.rights.0: must be one of readAny'
  ],
  [
    'rights of another type',
    `${USERS}    folders: [{ path: inbox, permissions: [{ who: default, rights: 7 }] }]\n`,
    '8:68: users.0.folders.0.permissions.0.rights: must be text or a list'
  ],
  [
    'free and busy of an inbox',
    `${USERS}    folders: [{ path: inbox, permissions: [{ who: default, rights: freeBusySimple }] }]\n`,
    '8:68: users.0.folders.0.permissions.0.rights: the rights freeBusySimple and freeBusyDetailed belong to calendars'
  ],
  [
    'a person without an address',
    `${USERS}    folders: [{ path: inbox, messages: [{ to: [Ann] }] }]\n`,
    '8:48: users.0.folders.0.messages.0.to.0: must be `Name <address>` or an address'
  ],
  [
    'two contents of an attachment',
    `${USERS}    folders: [{ path: inbox, messages: [{ attachments: [{ name: x, text: y, base64: eA== }] }] }]\n`,
    '8:77: users.0.folders.0.messages.0.attachments.0.base64: give one of text, base64, file, size, message'
  ],
  [
    'an attachment without a name',
    `${USERS}    folders: [{ path: inbox, messages: [{ attachments: [{ text: y }] }] }]\n`,
    '8:57: users.0.folders.0.messages.0.attachments.0.name: is missing'
  ],
  ['base64 that is none', `${USERS}    photo: { base64: "***" }\n`, '8:22: users.0.photo.base64: is not base64'],
  ['a photo that is no picture', `${USERS}    photo: { base64: eA== }\n`, '8:12: users.0.photo: is no JPEG picture'],
  [
    'a certificate that is none',
    `${USERS}    certificates: [{ base64: eA== }]\n`,
    '8:20: users.0.certificates.0: is no X.509 certificate in DER or PEM'
  ],
  [
    'a file where there are none',
    `${USERS}    photo: me.jpg\n`,
    '8:12: users.0.photo: names a file, and this world has come without files: write the content as base64'
  ],
  [
    'an appointment that ends before it begins',
    `${USERS}    folders: [{ path: calendar, appointments: [{ start: 2026-01-02, end: 2026-01-01 }] }]\n`,
    '8:74: users.0.folders.0.appointments.0.end: is before the start'
  ],
  [
    'a series',
    `${USERS}    folders: [{ path: calendar, appointments: [{ start: 2026-01-02, recurrence: daily }] }]\n`,
    '8:69: users.0.folders.0.appointments.0.recurrence: recurring items cannot be described yet'
  ],
  [
    'a moment that is none',
    `${USERS}now: yesterday\n`,
    '8:6: now: must be a date and time such as 2026-03-01T09:30:00Z'
  ],
  [
    'address lists in a circle',
    `${USERS}addressLists:\n  - { name: X, under: Y, filter: {} }\n  - { name: Y, under: X, filter: {} }\n`,
    '9:23: addressLists.0.under: the list X stands below itself'
  ],
  [
    'an address list below none',
    `${USERS}addressLists: [{ name: X, under: Y, filter: {} }]\n`,
    '8:34: addressLists.0.under: there is no address list Y'
  ],
  [
    'an address list that is there always',
    `${USERS}addressLists: [{ name: all users, filter: {} }]\n`,
    '8:24: addressLists.0.name: every organisation has a list all users'
  ],
  ['a personality that is none', `${USERS}personality: exchange2061\n`, '8:14: personality: must be exchange2016'],
  [
    'too much content that is made up',
    `${USERS}    folders: [{ path: inbox, messages: [{ attachments: [{ name: a, size: 40 MB }, { name: b, size: 40 MB }] }] }]\n`,
    '8:100: users.0.folders.0.messages.0.attachments.1.size: no more than 64 MB are made up for one item'
  ],
  [
    'large attachments that are too large',
    `${USERS}    folders: [{ path: inbox, generate: { seed: 1, messages: 1, largeSize: 1 GB } }]\n`,
    '8:75: users.0.folders.0.generate.largeSize: no more than 64 MB are made up for one item'
  ],
  ['text that is no YAML', 'ropewalk: [1\nname: x', '2:1: the world: '],
  ['a key twice', `${USERS}name: v\n`, '8:1: the world: there is the key name already'],
  ['nothing', '', '1:1: the world: has no value; it must be a mapping'],
  ['a list', '- 1', '1:1: the world: must be a mapping'],
  ['an alias of itself', `${USERS}groups: &g [*g]\n`, '8:13: the world: an alias stands for itself'],
  ['an alias of nothing', `${USERS}groups: *g\n`, 'the world: ']
]

t.test('every kind of mistake is told with its place', async t => {
  t.same(problemsOf(USERS), [])
  for (const [name, text, problem] of MISTAKES) {
    const [first] = problemsOf(text)
    t.ok(
      first?.startsWith(`x.yaml:${problem}`) || (first?.includes(problem) && !/^\d/.test(problem)),
      `${name}: ${first}`
    )
  }
})

t.test('all problems are told at once, in the order of the text, schema and links alike', async t => {
  const text = `${USERS}    opens: [b@w.example]
    colour: red
    title: 7
  - address: A@w.example
    name: B
    password: q
    manager: c@w.example
`
  t.same(
    problemsOf(text).map(line => line.split(' ', 2).join(' ')),
    [
      'x.yaml:8:13: users.0.opens.0:',
      'x.yaml:9:5: users.0.colour:',
      'x.yaml:10:12: users.0.title:',
      'x.yaml:11:14: users.1.address:',
      'x.yaml:14:14: users.1.manager:'
    ]
  )
})

t.test('a problem behind an alias stands where its text does', async t => {
  const text = `${HEAD}x-common: 1
users:
  - { address: a@w.example, name: A, password: p, folders: &f [{ path: inbox, clas: x }] }
  - { address: b@w.example, name: B, password: p, folders: *f }
`
  t.match(problemsOf(text)[0], /^x\.yaml:4:1: x-common: there is no such key here/)
  t.match(
    problemsOf(text.replace('x-common: 1\n', ''))[1],
    /^x\.yaml:5:79: users\.1\.folders\.0\.clas: .*do you mean class\?/
  )
})

t.test('texts that grow without bound end quickly', async t => {
  const bomb = ['a: &a [x, x, x, x, x, x, x, x, x, x]']
  for (const [at, letter] of [...'bcdefghi'].entries()) {
    const below = 'abcdefghi'[at]
    bomb.push(`${letter}: &${letter} [${Array(10).fill(`*${below}`).join(', ')}]`)
  }
  const began = performance.now()
  t.match(problemsOf(bomb.join('\n'))[0], /^x\.yaml:1:1: the world: stands for more than 2000000 values/)
  t.match(problemsOf('['.repeat(100_000))[0], /the world: /)
  t.match(problemsOf('x'.repeat((16 << 20) + 1))[0], /is larger than/)
  const many = Array.from({ length: 20_000 }, (_, at) => `titlx${at}: 1`).join('\n')
  const problems = problemsOf(`${HEAD}${many}`)
  t.equal(problems.length, 1001)
  t.match(problems.at(-1), /problems more/)
  const aliases = `${HEAD}users: []\nx: [&a y, ${Array(20_000).fill('*a').join(', ')}]\n`
  t.match(problemsOf(aliases)[0], /^x\.yaml:5:1: x: there is no such key here/)
  t.ok(performance.now() - began < 20_000)
})

t.test('messages nest as deep as a mailbox takes them', async t => {
  const nested = (depth: number): string =>
    depth === 0 ? '{}' : `{ attachments: [{ message: ${nested(depth - 1)} }] }`
  const text = (depth: number): string => `${USERS}    folders: [{ path: inbox, messages: [${nested(depth)}] }]\n`
  t.same(problemsOf(text(59)), [])
  t.match(problemsOf(text(61))[0], /messages nest at most 60 deep/)
  t.match(problemsOf(text(2000))[0], /nest|too deeply/)
})

t.test('files lie beside the world file', async t => {
  const folder = t.testdir({})
  mkdirSync(join(folder, 'pictures'))
  const jpeg = Buffer.from('ffd8ffe0', 'hex')
  writeFileSync(join(folder, 'pictures', 'a.jpg'), jpeg)
  const file = join(folder, 'world.yaml')
  const write = (photo: string): string => {
    writeFileSync(file, `${USERS}    photo: ${photo}\n`)
    return file
  }
  t.same(readWorld(write('pictures/a.jpg')).files?.get('pictures/a.jpg'), jpeg)
  t.throws(() => readWorld(write('pictures/b.jpg')), {
    message: /world\.yaml:8:12: users\.0\.photo: there is no file .*b\.jpg$/
  })
  t.throws(() => readWorld(write('pictures')), { message: /is no file$/ })
})

t.test('places come in parts, too', async t => {
  try {
    parseWorld(`${USERS}    colour: red\n`)
    t.fail('was taken')
  } catch (error) {
    t.same((error as WorldError).places, [
      { path: 'users.0.colour', message: 'there is no such key here', line: 8, column: 5 }
    ])
  }
})

t.test('whatever a file looks like, it is read or its problems are told', async t => {
  const random = new SeededRandom('worlds')
  const text = readFileSync('src/world/demo.yaml', 'utf8')
  const pieces = [
    '{',
    '}',
    '[',
    ']',
    ': ',
    '- ',
    '&a ',
    '*a',
    '"',
    '\n',
    '    ',
    '!!binary ',
    '? ',
    '__proto__: 1',
    '\u0000',
    'null',
    '~',
    '1e999'
  ]
  let taken = 0
  for (let round = 0; round < 60; round++) {
    let mutant = text
    for (let edits = 1 + random.below(4); edits > 0; edits--) {
      const at = random.below(mutant.length)
      mutant = mutant.slice(0, at) + random.pick(pieces) + mutant.slice(at + random.below(12))
    }
    try {
      parseWorld(mutant, 'demo.yaml', filesBeside('src/world/demo.yaml'))
      taken++
    } catch (error) {
      if (!(error instanceof WorldError)) throw error
      if (error.problems.length === 0 || error.places.some(({ line = 1 }) => line < 1)) t.fail(error.message)
    }
  }
  t.ok(taken < 60)
})
