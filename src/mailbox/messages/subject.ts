import type { PropertyTag } from '../../oxcdata/property-tag.js'
import { storedString, stringOf } from '../../oxcdata/stored-string.js'
import { PidTagNormalizedSubject, PidTagSubject, PidTagSubjectPrefix } from '../../oxprops/property-tags.generated.js'
import type { ObjectProperties } from '../object-properties.js'

/** A prefix is one to three characters that are no digits, a colon and a space ([MS-OXCMAIL] 2.2.3.2.6.1). */
const PREFIX = /^[^\d:\s][^\d:]{0,2}: /

/**
 * Keeps PidTagSubject, PidTagSubjectPrefix and PidTagNormalizedSubject in agreement after one of them was set or removed
 * ([MS-OXCMSG] 2.2.1.46: the subject is the prefix followed by the normalized subject). A prefix that a client set counts
 * as long as the subject begins with it.
 */
export function agreeSubject(properties: ObjectProperties, changed: PropertyTag): void {
  if (changed >>> 16 === PidTagSubject >>> 16) splitSubject(properties)
  else joinSubject(properties)
}

/** A subject without its prefix: what messages of one conversation have in common. */
export function normalizedSubject(subject: string): string {
  return subject.slice(PREFIX.exec(subject)?.[0].length ?? 0)
}

function splitSubject(properties: ObjectProperties): void {
  const subject = text(properties, PidTagSubject)
  if (subject === undefined) {
    properties.delete(PidTagSubjectPrefix)
    properties.delete(PidTagNormalizedSubject)
    return
  }
  const explicit = text(properties, PidTagSubjectPrefix)
  const isMeant = explicit !== undefined && subject.startsWith(explicit)
  const prefix = isMeant && explicit !== '' ? explicit : (PREFIX.exec(subject)?.[0] ?? '')
  // The documents allow an empty prefix and none (R1801, R1802); Exchange was seen to answer none for a subject without.
  if (prefix === '' && explicit !== '') properties.delete(PidTagSubjectPrefix)
  else properties.set(PidTagSubjectPrefix, storedString(prefix))
  properties.set(PidTagNormalizedSubject, storedString(subject.slice(prefix.length)))
}

function joinSubject(properties: ObjectProperties): void {
  const prefix = text(properties, PidTagSubjectPrefix)
  const normalized = text(properties, PidTagNormalizedSubject)
  if (prefix === undefined && normalized === undefined) properties.delete(PidTagSubject)
  else properties.set(PidTagSubject, storedString((prefix ?? '') + (normalized ?? '')))
}

function text(properties: ObjectProperties, tag: PropertyTag): string | undefined {
  const stored = properties.get(tag)
  return stored === undefined ? undefined : stringOf(stored)
}

const IDS = new Set([PidTagSubject, PidTagSubjectPrefix, PidTagNormalizedSubject].map(tag => tag >>> 16))

export function isSubject(tag: PropertyTag): boolean {
  return IDS.has(tag >>> 16)
}
