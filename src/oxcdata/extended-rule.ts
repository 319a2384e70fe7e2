/** [MS-OXORULE] 2.2.4: the binary properties of extended rules, whose property ids are explained by the names before them. */
import { Reader, Writer } from '../bufferstructs/index.js'
import { type PropertyName, propertyName } from './property-name.js'
import { type Restriction, readRestriction, writeRestriction } from './restriction.js'
import { type RuleAction, readRuleActions, writeRuleActions } from './rule-action.js'

/** 2.2.4.2 NamedPropertyInformation: ids of the rule's writer and the names behind them. */
export interface NamedPropertyInformation {
  id: number
  name: PropertyName
}

export interface ExtendedRuleCondition {
  names: NamedPropertyInformation[]
  restriction: Restriction
}

export interface ExtendedRuleActions {
  names: NamedPropertyInformation[]
  version: number
  actions: RuleAction[]
}

/** The only version that there is. */
const RULE_VERSION = 1

export function readNamedPropertyInformation(reader: Reader): NamedPropertyInformation[] {
  const count = reader.u16()
  if (count === 0) return []
  if (count * 2 > reader.remaining) reader.fail(`${count} named properties exceed the buffer`)
  const ids = Array.from({ length: count }, () => reader.u16())
  const size = reader.u32()
  const start = reader.take(size)
  reader.position = start
  const names = ids.map(id => ({ id, name: propertyName.read(reader) }))
  if (reader.position > start + size) reader.fail('names exceed their size', start)
  reader.position = start + size
  return names
}

function writeNamedPropertyInformation(writer: Writer, names: readonly NamedPropertyInformation[]): void {
  writer.u16(names.length)
  if (names.length === 0) return
  for (const { id } of names) writer.u16(id)
  const sizeAt = writer.reserve(4)
  for (const { name } of names) propertyName.write(writer, name)
  writer.patchU32(sizeAt, writer.position - sizeAt - 4)
}

/** PidTagExtendedRuleMessageCondition. An empty value is a rule without a condition: null. */
export function readExtendedRuleCondition(bytes: Uint8Array): ExtendedRuleCondition | null {
  if (bytes.byteLength === 0) return null
  const reader = new Reader(bytes)
  return { names: readNamedPropertyInformation(reader), restriction: readRestriction(reader, 32) }
}

export function writeExtendedRuleCondition(condition: ExtendedRuleCondition): Uint8Array {
  const writer = new Writer(128)
  writeNamedPropertyInformation(writer, condition.names)
  writeRestriction(writer, condition.restriction, 32)
  return writer.bytes.slice(0, writer.position)
}

/** PidTagExtendedRuleMessageActions. */
export function readExtendedRuleActions(bytes: Uint8Array): ExtendedRuleActions {
  const reader = new Reader(bytes)
  const names = readNamedPropertyInformation(reader)
  const at = reader.position
  const version = reader.u32()
  if (version !== RULE_VERSION) reader.fail(`extended rule of version ${version}`, at)
  return { names, version, actions: readRuleActions(reader, 32) }
}

export function writeExtendedRuleActions(value: ExtendedRuleActions): Uint8Array {
  const writer = new Writer(128)
  writeNamedPropertyInformation(writer, value.names)
  writer.u32(value.version)
  writeRuleActions(writer, value.actions, 32)
  return writer.bytes.slice(0, writer.position)
}
