import { domainOf, makePeople, type Surroundings } from './generate-messages.js'
import type { Language } from './languages.js'
import type { GenerateSpec, WorldAppointment, WorldContactItem, WorldTask } from './schema-items.js'
import { SeededRandom } from './seeded-random.js'
import { fullName, type Words, words } from './words/index.js'

const DAY_MS = 86_400_000
const HOUR_MS = 3_600_000
const MEETING_SHARE = 0.4
const ALL_DAY_SHARE = 0.06
const SATURDAY = 6
const SUNDAY = 0

function randomOf(spec: GenerateSpec, { owner }: Surroundings, kind: string): SeededRandom {
  return new SeededRandom(`${spec.seed}/${owner.address.toLowerCase()}/${kind}`)
}

function categoriesOf(random: SeededRandom, { categories }: GenerateSpec, lists: Words): string[] {
  return random.chance(categories) ? [random.pick(lists.categories)] : []
}

/** Midnight (UTC) of a day between `days` before the world's moment and `ahead` behind it. */
function randomDay(random: SeededRandom, { days, ahead }: GenerateSpec, now: number): number {
  return (Math.floor(now / DAY_MS) - days + random.below(days + ahead + 1)) * DAY_MS
}

/** Appointments of working days, some of them meetings, from a seed; item n is the same however many there are. */
export function* generateAppointments(spec: GenerateSpec, around: Surroundings): Generator<WorldAppointment> {
  const random = randomOf(spec, around, 'appointments')
  const people = makePeople(random, spec.languages, around)
  const self = `${around.owner.name} <${around.owner.address}>`
  for (let index = 0; index < (spec.appointments ?? 0); index++) {
    const language = random.pick(spec.languages)
    const lists = words[language]
    const day = workingDay(randomDay(random, spec, around.now))
    const allDay = random.chance(ALL_DAY_SHARE)
    const start = day + (allDay ? 0 : 8 * HOUR_MS + random.below(18) * (HOUR_MS / 2))
    const others = random.chance(MEETING_SHARE)
      ? Array.from({ length: 1 + random.below(3) }, () => random.pick(people))
      : []
    const isOwn = others.length === 0 || random.chance(0.5)
    const attendees = [...new Set(isOwn ? others : [self, ...others.slice(1)])]
    const sentence = random.pick(lists.sentences)
    yield {
      subject: random.pick(lists.meetings),
      start: new Date(start).toISOString(),
      duration: allDay ? 1440 : 30 * (1 + random.below(4)),
      allDay,
      location: random.pick(lists.rooms),
      ...(!isOwn && { organizer: others[0] }),
      attendees,
      response: random.below(4) === 0 ? 'tentative' : 'accepted',
      reminder: 15,
      ...{ importance: 'normal', sensitivity: random.below(20) === 0 ? 'private' : 'normal', attachments: [] },
      categories: categoriesOf(random, spec, lists),
      body: `${sentence}\r\n`
    }
  }
}

/** Nobody meets on a weekend. */
function workingDay(day: number): number {
  const weekday = new Date(day).getUTCDay()
  if (weekday === SATURDAY) return day + 2 * DAY_MS
  return weekday === SUNDAY ? day + DAY_MS : day
}

/** People of other companies from a seed. */
export function* generateContacts(spec: GenerateSpec, around: Surroundings): Generator<WorldContactItem> {
  const random = randomOf(spec, around, 'contacts')
  const domain = domainOf(around.owner.address)
  for (let index = 0; index < (spec.contacts ?? 0); index++) {
    const language = random.pick(spec.languages)
    const lists = words[language]
    const given = random.pick(lists.given)
    const family = random.pick(lists.family)
    const company = random.below(lists.companies.length)
    yield {
      name: fullName(lists, given, family),
      ...{ givenName: given.text, surname: family.text, company: lists.companies[company] },
      title: random.pick(lists.titles),
      emails: [`${given.latin}.${family.latin}@company${company}.${language}.partner.${domain}`],
      businessPhone: phone(random, language),
      ...(random.chance(0.6) && { mobilePhone: phone(random, language) }),
      ...{ sensitivity: 'normal', categories: categoriesOf(random, spec, lists) }
    }
  }
}

/** Numbers that are nobody's: 555-01xx behind the code of a country. */
const COUNTRY_CODES: Readonly<Record<Language, string>> = {
  ...{ en: '1', de: '49', nl: '31', fr: '33', es: '34', ja: '81', ar: '966', zh: '86' }
}

function phone(random: SeededRandom, language: Language): string {
  return `+${COUNTRY_CODES[language]} 555 01${String(random.below(100)).padStart(2, '0')}`
}

const STATES = ['notStarted', 'inProgress', 'complete', 'waiting', 'deferred'] as const

/** Tasks from a seed, due before and after the world's moment; what was due long ago is done. */
export function* generateTasks(spec: GenerateSpec, around: Surroundings): Generator<WorldTask> {
  const random = randomOf(spec, around, 'tasks')
  for (let index = 0; index < (spec.tasks ?? 0); index++) {
    const language = random.pick(spec.languages)
    const lists = words[language]
    const due = randomDay(random, spec, around.now)
    const isOld = due < around.now - 14 * DAY_MS
    const status = isOld ? 'complete' : random.pick(STATES)
    yield {
      subject: random.pick(lists.tasks),
      start: dateOf(due - random.below(10) * DAY_MS),
      due: dateOf(due),
      status,
      ...(status === 'inProgress' && { percentComplete: 0.25 * (1 + random.below(3)) }),
      ...(status === 'complete' && { completed: dateOf(due) }),
      ...{ importance: random.below(8) === 0 ? 'high' : 'normal', sensitivity: 'normal', attachments: [] },
      categories: categoriesOf(random, spec, lists),
      body: `${random.pick(lists.sentences)}\r\n`
    }
  }
}

function dateOf(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10)
}
