/**
 * The compression of PidTagRtfCompressed ([MS-OXRTFCP]): runs of eight tokens behind a control byte, a token being a byte or a
 * reference of two to seventeen bytes into a dictionary of 4,096, which begins with what RTF texts begin with and goes
 * on with the text itself.
 */
import { crc32 } from '../bufferstructs/crc32.js'
import { MalformedBuffer } from '../bufferstructs/malformed-buffer.js'
import { putU32, u32At } from '../bufferstructs/plain-numbers.js'

const HEADER_BYTES = 16
/** COMPSIZE counts what stands behind itself. */
const COUNTED_HEADER_BYTES = 12
const COMPRESSED = 0x75465a4c
const UNCOMPRESSED = 0x414c454d
const DICTIONARY_BYTES = 4096
const OFFSET_MASK = DICTIONARY_BYTES - 1
const SHORTEST = 2
const LONGEST = 17

/** What the dictionary begins with (2.1.3.1.3). */
const BEGINNING = Buffer.from(
  '{\\rtf1\\ansi\\mac\\deff0\\deftab720{\\fonttbl;}{\\f0\\fnil \\froman \\fswiss \\fmodern \\fscript \\fdecor MS Sans SerifSymbolArial' +
    'Times New RomanCourier{\\colortbl\\red0\\green0\\blue0\r\n\\par \\pard\\plain\\f0\\fs20\\b\\i\\u\\tab\\tx',
  'latin1'
)

/** Two bytes name a chain of earlier places; so many of them are looked at for the longest match. */
const CHAINS = 1 << 16
const CHAIN_LIMIT = 128

/** The sum of 2.1.3.2: a CRC-32 without the inversions before and after it. */
function checksum(bytes: Uint8Array): number {
  return ~crc32(bytes, 0xffffffff) >>> 0
}

/**
 * The RTF text of a PidTagRtfCompressed value. A MalformedBuffer when its header, its checksum or its end is not as [MS-OXRTFCP]
 * says; padding behind the end is passed over. A value of n bytes gives at most 8 n, so that none can be a bomb.
 */
export function decompressRtf(value: Uint8Array): Uint8Array {
  if (value.byteLength < HEADER_BYTES) throw new MalformedBuffer('compressed RTF without a header', value.byteLength)
  const size = u32At(value, 0) - COUNTED_HEADER_BYTES
  if (size < 0 || size > value.byteLength - HEADER_BYTES) {
    throw new MalformedBuffer(`compressed RTF of ${value.byteLength} bytes says that it has ${size + HEADER_BYTES}`, 0)
  }
  const rawSize = u32At(value, 4)
  const contents = value.subarray(HEADER_BYTES, HEADER_BYTES + size)
  const type = u32At(value, 8)
  if (type === UNCOMPRESSED) return contents.slice(0, Math.min(rawSize, size))
  if (type !== COMPRESSED) throw new MalformedBuffer(`RTF compressed in an unknown way (0x${type.toString(16)})`, 8)
  if (checksum(contents) !== u32At(value, 12)) throw new MalformedBuffer('wrong checksum of compressed RTF', 12)
  return expand(contents, rawSize)
}

function expand(contents: Uint8Array, rawSize: number): Uint8Array {
  const { length } = BEGINNING
  // The text as one array with the dictionary's beginning in front; a token of two bytes and a bit gives at most seventeen.
  const text = new Uint8Array(length + Math.min(rawSize, contents.byteLength * 8) + LONGEST)
  text.set(BEGINNING)
  let to = length
  let at = 0
  while (at < contents.byteLength) {
    const control = contents[at++]
    for (let bit = 0; bit < 8; bit++) {
      if (at + ((control >> bit) & 1) >= contents.byteLength) {
        throw new MalformedBuffer('compressed RTF ends without saying so', HEADER_BYTES + at)
      }
      if (((control >> bit) & 1) === 0) text[to++] = contents[at++]
      else {
        const reference = (contents[at] << 8) | contents[at + 1]
        at += 2
        const back = (to - (reference >> 4)) & OFFSET_MASK
        if (back === 0) return text.slice(length, to)
        to = copy(text, to, back, (reference & 0xf) + SHORTEST)
      }
      if (to - length > rawSize) throw new MalformedBuffer(`RTF longer than ${rawSize} bytes`, HEADER_BYTES + at)
    }
  }
  throw new MalformedBuffer('compressed RTF ends without saying so', HEADER_BYTES + at)
}

/** Copies byte by byte, since a reference may run into what it writes. What nobody has written yet is zero. */
function copy(text: Uint8Array, to: number, back: number, count: number): number {
  const from = to - back
  for (let i = 0; i < count; i++) text[to + i] = from + i < 0 ? 0 : text[from + i]
  return to + count
}

/** A PidTagRtfCompressed value for an RTF text. */
export function compressRtf(rtf: Uint8Array): Uint8Array {
  const contents = shrink(rtf)
  const value = new Uint8Array(HEADER_BYTES + contents.byteLength)
  putU32(value, 0, contents.byteLength + COUNTED_HEADER_BYTES)
  putU32(value, 4, rtf.byteLength)
  putU32(value, 8, COMPRESSED)
  putU32(value, 12, checksum(contents))
  value.set(contents, HEADER_BYTES)
  return value
}

function shrink(rtf: Uint8Array): Uint8Array {
  const text = new Uint8Array(BEGINNING.length + rtf.byteLength)
  text.set(BEGINNING)
  text.set(rtf, BEGINNING.length)
  const matches = new Matches(text)
  for (let at = 0; at < BEGINNING.length; at++) matches.enter(at)
  const out = new Uint8Array(Math.ceil((rtf.byteLength + 1) / 8) + rtf.byteLength + 3)
  let to = 0
  let control = 0
  let bit = 8
  const token = (isReference: boolean): void => {
    if (bit === 8) {
      control = to++
      out[control] = 0
      bit = 0
    }
    if (isReference) out[control] |= 1 << bit
    bit++
  }
  const reference = (offset: number, length: number): void => {
    token(true)
    out[to++] = (offset & OFFSET_MASK) >> 4
    out[to++] = ((offset & 0xf) << 4) | length
  }
  for (let at = BEGINNING.length; at < text.byteLength; ) {
    const length = matches.find(at)
    if (length < SHORTEST) {
      token(false)
      out[to++] = text[at]
    } else reference(matches.from, length - SHORTEST)
    const next = at + Math.max(1, length)
    while (at < next) matches.enter(at++)
  }
  // A reference to where the next byte would be written is the end.
  reference(text.byteLength, 0)
  return out.slice(0, to)
}

/** Where two bytes have stood before, latest first. */
class Matches {
  /** Where the match begins that was found last. */
  from = 0
  private readonly heads = new Int32Array(CHAINS).fill(-1)
  private readonly earlier = new Int32Array(DICTIONARY_BYTES)

  constructor(private readonly text: Uint8Array) {}

  enter(at: number): void {
    if (at + 1 >= this.text.byteLength) return
    const chain = this.chainAt(at)
    this.earlier[at & OFFSET_MASK] = this.heads[chain]
    this.heads[chain] = at
  }

  /** Length of the longest match of the bytes at a place, 0 when there is none. */
  find(at: number): number {
    const { text } = this
    const most = Math.min(LONGEST, text.byteLength - at)
    let best = 0
    if (most < SHORTEST) return best
    // A distance of the whole dictionary is the place that is written next.
    const oldest = at - DICTIONARY_BYTES
    let candidate = this.heads[this.chainAt(at)]
    for (let tries = CHAIN_LIMIT; candidate > oldest && candidate >= 0 && tries > 0; tries--) {
      let length = 0
      while (length < most && text[candidate + length] === text[at + length]) length++
      // Of matches of one length the document's writer takes the oldest.
      if (length >= best) {
        best = length
        this.from = candidate
      }
      candidate = this.earlier[candidate & OFFSET_MASK]
    }
    return best
  }

  private chainAt(at: number): number {
    return (this.text[at] << 8) | this.text[at + 1]
  }
}
