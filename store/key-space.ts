/** Declared key spaces: from one list of fields come the builder, prefixes, ranges and the parser. */

import { rangeOf } from './key-range.js'

/** How one field stands in a key. */
export interface FieldKind<V> {
  readonly kind: 'byte' | 'word' | 'id' | 'bytes' | 'rest' | 'text'
  /** Never set; carries the type of the field's value. */
  readonly value?: V
}

export const byte: FieldKind<number> = { kind: 'byte' }
export const word: FieldKind<number> = { kind: 'word' }
export const id: FieldKind<number> = { kind: 'id' }
export const bytes: FieldKind<Uint8Array> = { kind: 'bytes' }
export const rest: FieldKind<Uint8Array> = { kind: 'rest' }
export const text: FieldKind<string> = { kind: 'text' }

type Field = readonly [string, FieldKind<number> | FieldKind<Uint8Array> | FieldKind<string>]
type ValueOf<F> = F extends readonly [string, FieldKind<infer V>] ? V : never
type Values<F extends readonly Field[]> = { [I in keyof F]: ValueOf<F[I]> }
type Leading<T extends readonly unknown[]> = T extends readonly [infer First, ...infer Others]
  ? [] | [First] | [First, ...Leading<Others>]
  : []
type Parsed<F extends readonly Field[]> = { mailbox: number } & { [K in F[number] as K[0]]: ValueOf<K> }

/** Builder and parser of one space. The order of arguments is the order of fields in the key. */
export interface KeySpace<F extends readonly Field[] = readonly Field[]> {
  readonly letter: string
  /** The key of one record. Numbers outside their field's width are a RangeError. */
  of(mailbox: number, ...values: Values<F>): Uint8Array
  /** What all keys with these leading fields start with. */
  prefix(mailbox: number, ...values: Leading<Values<F>>): Uint8Array
  /** The range of all keys with these leading fields. */
  range(mailbox: number, ...values: Leading<Values<F>>): { gte: Uint8Array; lt: Uint8Array }
  /** The fields of a key of this space; a RangeError for any other key. Byte fields are views or copies, never to be changed. */
  parse(key: Uint8Array): Parsed<F>
}

const TWO_32 = 0x100000000

/** Declares a space. */
export function space<const F extends readonly Field[]>(letter: string, ...fields: F): KeySpace<F> {
  const letterCode = letter.charCodeAt(0)
  const build = (mailbox: number, values: readonly unknown[]): Uint8Array => {
    let size = 5
    for (let i = 0; i < values.length; i++) size += sizeOf(fields[i][1].kind, values[i])
    const key = Buffer.allocUnsafe(size)
    let at = putWord(key, 0, mailbox)
    key[at++] = letterCode
    for (let i = 0; i < values.length; i++) at = put(key, at, fields[i][1].kind, values[i])
    return key
  }
  return {
    letter,
    of: (mailbox, ...values) => build(mailbox, values),
    prefix: (mailbox, ...values) => build(mailbox, values),
    range: (mailbox, ...values) => rangeOf(build(mailbox, values)),
    parse(key) {
      if (key.length < 5 || key[4] !== letterCode) throw new RangeError(`not a key of space ${letter}`)
      const parser = new KeyParser(key)
      const parsed: Record<string, unknown> = { mailbox: parser.word() }
      parser.at++
      for (const [name, { kind }] of fields) parsed[name] = parser[kind]()
      if (parser.at !== key.length)
        throw new RangeError(`key of space ${letter} has ${key.length - parser.at} bytes too many`)
      return parsed as Parsed<F>
    }
  }
}

/**
 * One part of a compound sort key: escaped and terminated so that parts can follow each other, and inverted for a
 * descending column. Fixed-width parts need it too when they can be absent (absent is the empty part, sorting first).
 */
export function escapedPart(part: Uint8Array, descending = false): Uint8Array {
  const escaped = Buffer.allocUnsafe(escapedSize(part))
  putEscaped(escaped, 0, part)
  if (descending) for (let i = 0; i < escaped.length; i++) escaped[i] ^= 0xff
  return escaped
}

function sizeOf(kind: FieldKind<unknown>['kind'], value: unknown): number {
  switch (kind) {
    case 'byte':
      return 1
    case 'word':
      return 4
    case 'id':
      return 8
    case 'bytes':
      return escapedSize(value as Uint8Array)
    case 'rest':
      return (value as Uint8Array).length
    case 'text':
      return Buffer.byteLength(value as string)
  }
}

function put(key: Buffer, at: number, kind: FieldKind<unknown>['kind'], value: unknown): number {
  switch (kind) {
    case 'byte':
      if (!isWithin(value as number, 0x100)) throw outside(value)
      key[at] = value as number
      return at + 1
    case 'word':
      return putWord(key, at, value as number)
    case 'id':
      if (!isWithin(value as number, Number.MAX_SAFE_INTEGER + 1)) throw outside(value)
      putWord(key, at, Math.floor((value as number) / TWO_32))
      return putWord(key, at + 4, (value as number) >>> 0)
    case 'bytes':
      return putEscaped(key, at, value as Uint8Array)
    case 'rest':
      key.set(value as Uint8Array, at)
      return at + (value as Uint8Array).length
    case 'text':
      return at + key.write(value as string, at, 'utf8')
  }
}

function putWord(key: Uint8Array, at: number, value: number): number {
  if (!isWithin(value, TWO_32)) throw outside(value)
  key[at] = value >>> 24
  key[at + 1] = value >>> 16
  key[at + 2] = value >>> 8
  key[at + 3] = value
  return at + 4
}

function isWithin(value: number, limit: number): boolean {
  return value >= 0 && value < limit && Number.isInteger(value)
}

function outside(value: unknown): RangeError {
  return new RangeError(`number outside its key field: ${value}`)
}

function escapedSize(part: Uint8Array): number {
  let size = part.length + 2
  for (let i = 0; i < part.length; i++) if (part[i] === 0) size++
  return size
}

function putEscaped(key: Uint8Array, at: number, part: Uint8Array): number {
  for (let i = 0; i < part.length; i++) {
    key[at++] = part[i]
    if (part[i] === 0) key[at++] = 0xff
  }
  key[at++] = 0
  key[at++] = 0
  return at
}

class KeyParser {
  at = 0
  constructor(readonly key: Uint8Array) {}

  byte(): number {
    this.need(1)
    return this.key[this.at++]
  }

  word(): number {
    this.need(4)
    const { key, at } = this
    this.at += 4
    return ((key[at] << 24) | (key[at + 1] << 16) | (key[at + 2] << 8) | key[at + 3]) >>> 0
  }

  id(): number {
    return this.word() * TWO_32 + this.word()
  }

  bytes(): Uint8Array {
    const out: number[] = []
    for (;;) {
      const value = this.byte()
      if (value !== 0) {
        out.push(value)
        continue
      }
      const mark = this.byte()
      if (mark === 0) return Uint8Array.from(out)
      if (mark !== 0xff) throw new RangeError('a zero in a key field is neither escaped nor the end')
      out.push(0)
    }
  }

  rest(): Uint8Array {
    const from = this.at
    this.at = this.key.length
    return this.key.subarray(from)
  }

  text(): string {
    return Buffer.from(this.rest()).toString('utf8')
  }

  private need(count: number): void {
    if (this.at + count > this.key.length) throw new RangeError('key is too short for its space')
  }
}
