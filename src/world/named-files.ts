import { attributeNames, attributeSpecs } from '../directory/index.js'
import type { World } from './schema.js'
import type { WorldAttachment } from './schema-items.js'
import type { WorldAttributes } from './schema-values.js'
import { mailboxFolders, worldEntries } from './world-entries.js'

/** A file that a world names, and where. */
export interface NamedFile {
  readonly path: readonly (string | number)[]
  readonly file: string
}

/** Every file that a world names, in the order of its parts. */
export function* namedFiles(world: World): Generator<NamedFile> {
  for (const { path, kind, spec } of worldEntries(world)) {
    if (kind !== 'publicFolderMailbox') yield* ofAttributes(spec, path)
  }
  for (const { path, folders } of mailboxFolders(world)) {
    for (const [at, { messages, appointments, contacts, tasks }] of folders.entries()) {
      for (const [key, items] of Object.entries({ messages, appointments, tasks })) {
        for (const [place, { attachments }] of items.entries()) {
          yield* ofAttachments(attachments, [...path, at, key, place])
        }
      }
      for (const [place, contact] of contacts.entries()) yield* ofAttributes(contact, [...path, at, 'contacts', place])
    }
  }
}

const BYTES = attributeNames.filter(name => ['bytes', 'bytesList'].includes(attributeSpecs[name].type))

function* ofAttributes(spec: WorldAttributes, path: NamedFile['path']): Generator<NamedFile> {
  for (const name of BYTES) {
    const value = spec[name as keyof WorldAttributes]
    if (typeof value === 'string') yield { path: [...path, name], file: value }
    if (!Array.isArray(value)) continue
    for (const [at, one] of value.entries()) if (typeof one === 'string') yield { path: [...path, name, at], file: one }
  }
}

function* ofAttachments(attachments: readonly WorldAttachment[], path: NamedFile['path']): Generator<NamedFile> {
  for (const [at, { file, message }] of attachments.entries()) {
    const where = [...path, 'attachments', at]
    if (file !== undefined) yield { path: [...where, 'file'], file }
    if (message !== undefined) yield* ofAttachments(message.attachments, [...where, 'message'])
  }
}
