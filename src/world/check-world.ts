import { addressLists as builtInLists } from '../directory/address-list.js'
import { demandWellFormed } from '../directory/entry-spec.js'
import { attributeNames, DirectoryError } from '../directory/index.js'
import { checkFolders } from './check-folders.js'
import type { World } from './schema.js'
import type { WorldDelegate } from './schema-entries.js'
import { type WorldEntry, worldEntries } from './world-entries.js'
import type { PathProblem } from './world-error.js'
import { attributesFrom } from './world-files.js'

type Path = readonly (string | number)[]
export type Report = (path: Path, message: string, isKey?: boolean) => void

/** Entries of a world by every address that they have. */
export type EntriesByAddress = ReadonlyMap<string, WorldEntry>

/**
 * What a schema cannot say: names must be unique and well-formed, references lead to somebody of the right kind, files must
 * be there. Every problem, in no particular order.
 */
export function checkWorld(world: World): PathProblem[] {
  const problems: PathProblem[] = []
  const report: Report = (path, message, isKey) => void problems.push({ path, message, ...(isKey && { isKey }) })
  const entries = [...worldEntries(world)]
  const byAddress = checkNames(world, entries, report)
  for (const entry of entries) checkLinks(entry, byAddress, report)
  for (const entry of entries) checkAttributes(world, entry, report)
  checkGroups(world, report)
  checkAddressLists(world, report)
  checkFolders(world, byAddress, report)
  return problems
}

/** Addresses, DNs: each is one entry's only, and well-formed. */
function checkNames(world: World, entries: readonly WorldEntry[], report: Report): EntriesByAddress {
  const domains = new Set([world.domain, ...world.domains].map(domain => domain.toLowerCase()))
  const byAddress = new Map<string, WorldEntry>()
  const byDn = new Map<string, WorldEntry>()
  const claim = (names: Map<string, WorldEntry>, name: string, entry: WorldEntry, path: Path): void => {
    const other = names.get(name.toLowerCase())
    if (other === undefined) names.set(name.toLowerCase(), entry)
    else report(path, `${name} already belongs to ${other.path.join('.')}`)
  }
  for (const entry of entries) {
    const { path, kind, spec } = entry
    const {
      aliases = [],
      proxyAddresses = [],
      legacyDn
    } = spec as { [key in 'aliases' | 'proxyAddresses']?: string[] } & {
      legacyDn?: string
    }
    for (const [at, name] of [spec.address, ...aliases].entries()) {
      const where = at === 0 ? [...path, 'address'] : [...path, 'aliases', at - 1]
      const problem = addressProblem(name)
      if (problem !== undefined) report(where, problem)
      claim(byAddress, name, entry, where)
    }
    const domain = spec.address.slice(spec.address.indexOf('@') + 1).toLowerCase()
    if (kind !== 'contact' && !domains.has(domain))
      report([...path, 'address'], `${domain} is none of the world's domains, ${[...domains].join(', ')}`)
    if (legacyDn !== undefined) claim(byDn, legacyDn, entry, [...path, 'legacyDn'])
    for (const [at, proxy] of proxyAddresses.entries()) {
      if (/^x500:/i.test(proxy)) claim(byDn, proxy.slice('x500:'.length), entry, [...path, 'proxyAddresses', at])
    }
  }
  return byAddress
}

/** The directory's own words on an address that it would refuse. */
function addressProblem(address: string): string | undefined {
  try {
    demandWellFormed({ address, displayName: 'name' })
    return undefined
  } catch (error) {
    if (error instanceof DirectoryError) return error.message
    throw error
  }
}

const MAILBOX_KINDS: readonly string[] = ['user', 'sharedMailbox', 'room', 'equipment', 'publicFolderMailbox']

function checkLinks({ path, spec, kind }: WorldEntry, byAddress: EntriesByAddress, report: Report): void {
  const demand = (where: Path, address: string, isRight?: (entry: WorldEntry) => boolean, what = ''): void => {
    const entry = byAddress.get(address.toLowerCase())
    if (entry === undefined) report(where, `nobody in this world has the address ${address}`)
    else if (isRight !== undefined && !isRight(entry)) report(where, `${address} is ${what}`)
  }
  if ('manager' in spec && spec.manager !== undefined) demand([...path, 'manager'], spec.manager)
  if ('delegates' in spec) {
    for (const [at, delegate] of (spec.delegates as (string | WorldDelegate)[]).entries()) {
      if (typeof delegate === 'string') demand([...path, 'delegates', at], delegate)
      else demand([...path, 'delegates', at, 'who'], delegate.who)
    }
  }
  if ('opens' in spec) {
    const isMailbox = (entry: WorldEntry): boolean => MAILBOX_KINDS.includes(entry.kind)
    for (const [at, other] of spec.opens.entries()) demand([...path, 'opens', at], other, isMailbox, 'no mailbox')
  }
  if (kind !== 'group' && kind !== 'dynamicGroup') return
  const isRoom = spec.isRoomList === true ? (entry: WorldEntry) => entry.kind === 'room' : undefined
  for (const [at, member] of (spec.members ?? []).entries()) demand([...path, 'members', at], member, isRoom, 'no room')
  for (const [at, manager] of spec.managers.entries()) demand([...path, 'managers', at], manager)
}

function checkAttributes({ files }: World, { path, kind, spec }: WorldEntry, report: Report): void {
  if (kind !== 'publicFolderMailbox')
    attributesFrom(spec, attributeNames, files, (at, message) => report([...path, ...at], message))
  if ('culture' in spec && 'locale' in spec && spec.culture !== undefined && spec.locale !== undefined)
    report([...path, 'locale'], 'is the former name of culture: give one of them', true)
}

function checkGroups({ groups }: World, report: Report): void {
  for (const [at, { members, filter }] of groups.entries()) {
    if (members !== undefined && filter !== undefined)
      report(['groups', at, 'filter'], 'a list has members or a filter, not both', true)
    if (members === undefined && filter === undefined) report(['groups', at], 'a list needs members or a filter')
  }
}

function checkAddressLists({ addressLists }: World, report: Report): void {
  const byName = new Map<string, number>()
  const taken = new Set(builtInLists('', []).map(({ name }) => name.toLowerCase()))
  for (const [at, { name }] of addressLists.entries()) {
    const key = name.toLowerCase()
    if (taken.has(key)) report(['addressLists', at, 'name'], `every organisation has a list ${name}`)
    if (byName.has(key))
      report(['addressLists', at, 'name'], `${name} already belongs to addressLists.${byName.get(key)}`)
    else byName.set(key, at)
  }
  for (const [at, { name, under }] of addressLists.entries()) {
    if (under === undefined) continue
    if (!byName.has(under.toLowerCase())) {
      report(['addressLists', at, 'under'], `there is no address list ${under}`)
      continue
    }
    const seen = new Set([name.toLowerCase()])
    for (let above: string | undefined = under; above !== undefined; ) {
      if (above.toLowerCase() === name.toLowerCase())
        report(['addressLists', at, 'under'], `the list ${name} stands below itself`)
      if (seen.has(above.toLowerCase())) break
      seen.add(above.toLowerCase())
      above = addressLists[byName.get(above.toLowerCase()) ?? -1]?.under
    }
  }
}
