import { parseGuid } from '../../../src/bufferstructs/index.js'
import type { Stat } from '../../../src/nspi/nspi.js'

/**
 * Bodies put together by hand, field by field as [MS-OXCMAPIHTTP] 2.2.5 lists them and without the layouts of the server,
 * so that a test compares those with something else than themselves.
 */
export class Bytes {
  private readonly parts: Buffer[] = []

  u8(...values: number[]): this {
    return this.raw(Buffer.from(values))
  }

  u16(...values: number[]): this {
    for (const value of values) this.number(2, bytes => bytes.writeUInt16LE(value))
    return this
  }

  u32(...values: number[]): this {
    for (const value of values) this.number(4, bytes => bytes.writeUInt32LE(value))
    return this
  }

  i32(value: number): this {
    return this.number(4, bytes => bytes.writeInt32LE(value))
  }

  guid(text: string): this {
    return this.raw(parseGuid(text))
  }

  /** 8-bit text with its zero. */
  text8(text: string): this {
    return this.raw(Buffer.from(`${text}\0`, 'latin1'))
  }

  /** UTF-16 text with its zero. */
  text16(text: string): this {
    return this.raw(Buffer.from(`${text}\0`, 'utf16le'))
  }

  hex(text: string): this {
    return this.raw(Buffer.from(text.replaceAll(' ', ''), 'hex'))
  }

  raw(bytes: Uint8Array): this {
    this.parts.push(Buffer.from(bytes))
    return this
  }

  stat(stat: Stat): this {
    this.u32(stat.sortType, stat.containerId, stat.currentRecord).i32(stat.delta)
    return this.u32(stat.position, stat.totalRecords, stat.codePage, stat.templateLocale, stat.sortLocale)
  }

  get buffer(): Buffer {
    return Buffer.concat(this.parts)
  }

  private number(size: number, put: (bytes: Buffer) => void): this {
    const bytes = Buffer.alloc(size)
    put(bytes)
    return this.raw(bytes)
  }
}

export function bytes(): Bytes {
  return new Bytes()
}

/** A place in a table in which no two fields are the same, so that exchanged fields show. */
export function someStat(overrides: Partial<Stat> = {}): Stat {
  return {
    sortType: 0x11,
    containerId: 0x22222222,
    currentRecord: 0x33333333,
    delta: -4,
    position: 0x55555555,
    totalRecords: 0x66666666,
    codePage: 1252,
    templateLocale: 0x0407,
    sortLocale: 0x0809,
    ...overrides
  }
}
