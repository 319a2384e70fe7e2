/** How the byte forms of address book bodies are listed that the layouts leave to code ([MS-OXCMAPIHTTP] 2.2.1, 2.2.5). */
import { type AnyLayout, ascii0, bytes32, type Layout, type LayoutNode, utf16z } from '../../bufferstructs/index.js'
import {
  addressBookBodies,
  getMatchesRequest,
  getSpecialTableRequest,
  getTemplateInfoRequest,
  modLinkAttRequest,
  queryRowsRequest,
  resolveNamesRequest,
  seekEntriesRequest,
  updateStatRequest,
  updateStatResponse
} from '../../fronts/mapi-http/grammar/address-book-bodies.js'
import { flag, readLimitedCount, stat } from '../../fronts/mapi-http/grammar/address-book-values.js'
import type { Describer } from './describer.js'
import { fieldMeaning } from './field-meanings.js'
import { listRow, listTagged } from './list-property.js'
import { listRestrictionHere } from './list-restriction.js'
import { sayBoolean, sayBytes, sayDn, sayGuid, sayNumber, sayTag, sayText } from './value-text.js'
import type { Said, Walk } from './walk.js'
import { elements, walkFields } from './walk-layout.js'

const DEFAULT_CODE_PAGE = 1252

/** The HasValue byte; says `none` and returns false where there is nothing. */
function listPresent(walk: Walk): boolean {
  const present = walk.quietly(() => walk.leaf('hasValue', () => walk.reader.u8(), sayNumber))
  if (present === 0) walk.say({ text: 'none' })
  return present !== 0
}

/** A list behind a 32-bit count. */
function listMany(walk: Walk, smallest: number, one: (name: string) => void): void {
  const count = walk.quietly(() => walk.leaf('count', () => readLimitedCount(walk.reader, smallest), sayNumber))
  walk.say({ text: elements(count) })
  for (let i = 0; i < count; i++) one(`[${i}]`)
}

const listTags = (walk: Walk): void =>
  listMany(walk, 4, name =>
    walk.leaf(
      name,
      () => walk.reader.u32(),
      value => sayTag(value, walk)
    )
  )

const listMinimalIds = (walk: Walk): void => {
  const say = fieldMeaning(walk.around.ropName, 'minimalIds') as (value: number) => Said
  listMany(walk, 4, name => walk.leaf(name, () => walk.reader.u32(), say))
}

/** Something that may be absent. */
function maybe(inside: (walk: Walk) => void): Describer {
  return {
    inside: walk => {
      if (listPresent(walk)) inside(walk)
    }
  }
}

/** A single value that may be absent. */
function maybeOne<T>(read: (walk: Walk) => T, say: (value: T) => Said): Describer {
  return maybe(walk => {
    const value = walk.quietly(() => walk.leaf('value', () => read(walk), say))
    walk.say({ ...say(value), value })
  })
}

/** Something with property values that may be absent; its 8-bit text is in the code page that the body has named before. */
function maybeInCodePage(inside: (walk: Walk) => void): Describer {
  return {
    inside: (walk, fields) => {
      const { reader } = walk
      if (!listPresent(walk)) return
      const { context } = reader
      reader.context = { ...context, codePage: fields.codePage ?? fields.state?.codePage ?? DEFAULT_CODE_PAGE }
      inside(walk)
      reader.context = context
    }
  }
}

function listTable(walk: Walk): void {
  const { reader } = walk
  const columns: number[] = []
  walk.group('columns', () =>
    listMany(walk, 4, name =>
      columns.push(
        walk.leaf(
          name,
          () => reader.u32(),
          value => sayTag(value, walk)
        )
      )
    )
  )
  walk.group('rows', () => listMany(walk, 1, name => walk.group(name, () => listRow(walk, columns, 'addressBook'))))
}

const listValues = (walk: Walk): void => listMany(walk, 4, () => listTagged(walk, 'addressBook'))
const listTexts = (walk: Walk, text: Layout<string>, smallest: number, say: (text: string) => Said): void =>
  listMany(walk, smallest, name => walk.leaf(name, () => text.read(walk.reader), say))

/** The node of a field of a body. */
function nodeOf(body: AnyLayout, field: string): LayoutNode {
  if (body.node.kind !== 'struct') throw new TypeError('not a struct')
  const found = body.node.fields.find(([name]) => name === field)
  if (found === undefined) throw new TypeError(`no field ${field}`)
  return found[1]
}

const { GetMatches, GetProps, GetSpecialTable } = addressBookBodies

/** Forms that several bodies share are one node in all of them. */
export const addressBookDescribers: readonly (readonly [LayoutNode, Describer])[] = [
  [nodeOf(getMatchesRequest, 'state'), maybe(walk => void walkFields(walk, stat))],
  [nodeOf(getMatchesRequest, 'columns'), maybe(listTags)],
  [nodeOf(getMatchesRequest, 'minimalIds'), maybe(listMinimalIds)],
  [nodeOf(queryRowsRequest, 'explicitTable'), { inside: listMinimalIds }],
  [nodeOf(seekEntriesRequest, 'explicitTable'), maybe(listMinimalIds)],
  [nodeOf(getMatchesRequest, 'filter'), maybeInCodePage(walk => listRestrictionHere(walk, 'addressBook'))],
  [nodeOf(GetMatches.response, 'table'), maybeInCodePage(listTable)],
  [nodeOf(GetProps.response, 'propertyValues'), maybeInCodePage(listValues)],
  [
    nodeOf(GetSpecialTable.response, 'rows'),
    maybeInCodePage(walk => listMany(walk, 4, name => walk.group(name, () => listValues(walk))))
  ],
  [nodeOf(seekEntriesRequest, 'target'), maybeInCodePage(walk => listTagged(walk, 'addressBook'))],
  [
    nodeOf(getMatchesRequest, 'propertyName'),
    maybe(walk => {
      walk.leaf('guid', () => walk.reader.guid(), sayGuid)
      walk.leaf('id', () => walk.reader.u32(), sayNumber)
    })
  ],
  [nodeOf(getSpecialTableRequest, 'version'), maybeOne(walk => walk.reader.u32(), sayNumber)],
  [nodeOf(GetSpecialTable.response, 'version'), maybeOne(walk => walk.reader.u32(), sayNumber)],
  [nodeOf(getTemplateInfoRequest, 'templateDn'), maybeOne(walk => ascii0.read(walk.reader), sayDn)],
  [nodeOf(addressBookBodies.DNToMId.request, 'names'), maybe(walk => listTexts(walk, ascii0, 1, sayDn))],
  [nodeOf(resolveNamesRequest, 'names'), maybe(walk => listTexts(walk, utf16z, 2, sayText))],
  [
    nodeOf(modLinkAttRequest, 'entryIds'),
    maybe(walk => listMany(walk, 4, name => walk.leaf(name, () => bytes32.read(walk.reader), sayBytes)))
  ],
  [nodeOf(updateStatResponse, 'delta'), maybeOne(walk => walk.reader.i32(), sayNumber)],
  [flag.node, { say: sayBoolean }],
  [nodeOf(updateStatRequest, 'deltaRequested'), { say: sayBoolean }]
]
