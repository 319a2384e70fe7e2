import type { Entry } from '../../store/engine.js'

/** Bytes as hexadecimal text, which compares as the bytes do. */
export const hex = (bytes: Uint8Array | undefined): string | undefined =>
  bytes === undefined ? undefined : Buffer.from(bytes).toString('hex')

export const bytes = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text, 'hex'))

export const shown = (entries: Entry[]): string[] => entries.map(({ key, value }) => `${hex(key)}=${hex(value)}`)
