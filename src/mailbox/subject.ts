import type { PropertyTag } from '../oxcdata/property-tag.js'
import { storedString, stringOf } from '../oxcdata/stored-string.js'
import { PidTagNormalizedSubject, PidTagSubject, PidTagSubjectPrefix } from '../oxprops/property-tags.generated.js'
import type { ObjectProperties } from './object-properties.js'

/** A prefix is one to three characters that are no digits, a colon and a space ([MS-OXCMSG] 2.2.1.10). */
const PREFIX = /^[^\d:\s][^\d:]{0,2}: /

/**
 * Keeps PidTagSubject, PidTagSubjectPrefix and PidTagNormalizedSubject in agreement after one of them was set
 * ([MS-OXCMSG] 3.2.5.?: the subject is the prefix followed by the normalized subject).
 */
export function agreeSubject(properties: ObjectProperties, changed: PropertyTag): void {
  const text = (tag: PropertyTag): string | undefined => {
    const stored = properties.get(tag)
    return stored === undefined ? undefined : stringOf(stored)
  }
  const id = changed >>> 16
  if (id === PidTagSubject >>> 16) {
    const subject = text(PidTagSubject) ?? ''
    const explicit = text(PidTagSubjectPrefix)
    const prefix =
      explicit !== undefined && explicit !== '' && subject.startsWith(explicit)
        ? explicit
        : (PREFIX.exec(subject)?.[0] ?? '')
    properties.set(PidTagSubjectPrefix, storedString(prefix))
    properties.set(PidTagNormalizedSubject, storedString(subject.slice(prefix.length)))
  } else if (id === PidTagSubjectPrefix >>> 16 || id === PidTagNormalizedSubject >>> 16) {
    const normalized = text(PidTagNormalizedSubject)
    if (normalized === undefined) return
    properties.set(PidTagSubject, storedString((text(PidTagSubjectPrefix) ?? '') + normalized))
  }
}

const IDS = new Set([PidTagSubject, PidTagSubjectPrefix, PidTagNormalizedSubject].map(tag => tag >>> 16))

export function isSubject(tag: PropertyTag): boolean {
  return IDS.has(tag >>> 16)
}
