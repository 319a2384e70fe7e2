import { Random } from '../../src/bufferstructs/index.js'
import { compressLz77, decompressLz77 } from '../../src/compression/lz77.js'
import { obfuscate } from '../../src/compression/xor.js'
import { type BenchCase, type BenchOptions, sink } from './bench-case.js'

const WORDS =
  'Re the meeting of next week budget report please find attached regards Inbox Outlook Exchange subject from'.split(
    ' '
  )

/** A payload like a page of rows: ids that count up, flags, times, UTF-16 subjects of common words. */
function rows(size: number): Uint8Array {
  const random = new Random(11)
  const bytes = Buffer.alloc(size)
  let at = 0
  for (let row = 0; at + 160 < size; row++) {
    at = bytes.writeUInt16LE(1, at)
    at = bytes.writeUIntBE(0x1000 + row, at, 6)
    at = bytes.writeUInt32LE(random.below(4), at)
    at = bytes.writeUInt32LE(random.u32(), at)
    at = bytes.writeUInt32LE(0x01da5a00, at)
    const words = Array.from({ length: 2 + random.below(4) }, () => WORDS[random.below(WORDS.length)])
    at += bytes.write(`${words.join(' ')}\0`, at, 120, 'utf16le')
  }
  return new Uint8Array(bytes)
}

function noise(size: number): Uint8Array {
  const random = new Random(12)
  return Uint8Array.from({ length: size }, () => random.below(256))
}

/** LZ77 and obfuscation over payloads of ROP size; the name says the ratio reached. */
export function cases({ scale }: BenchOptions): BenchCase[] {
  const size = Math.max(64, Math.round(32000 * scale))
  const payloads = { rows: rows(size), noise: noise(size) }
  const list: BenchCase[] = []
  for (const [name, plain] of Object.entries(payloads)) {
    const packed = compressLz77(plain)
    const ratio = (packed.byteLength / plain.byteLength).toFixed(2)
    list.push({
      name: `LZ77 compress ${size} bytes of ${name} (to ${ratio})`,
      bytes: plain.byteLength,
      run: () => {
        sink.value = compressLz77(plain)
      }
    })
    list.push({
      name: `LZ77 decompress ${size} bytes of ${name}`,
      bytes: plain.byteLength,
      run: () => {
        sink.value = decompressLz77(packed, plain.byteLength)
      }
    })
  }
  const buffer = payloads.noise.slice()
  list.push({
    name: `XOR ${size} bytes`,
    bytes: size,
    run: () => {
      sink.value = obfuscate(buffer)
    }
  })
  return list
}
