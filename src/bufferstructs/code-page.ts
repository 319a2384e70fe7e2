import iconv from 'iconv-lite'
import { decodeTeletex, encodeTeletex, TELETEX_CODE_PAGE } from './teletex.js'

/** Code pages whose number is not the name by which iconv-lite knows them. */
const ENCODINGS: Readonly<Record<number, string>> = {
  708: 'iso-8859-6',
  932: 'shift_jis',
  936: 'gbk',
  949: 'cp949',
  950: 'big5',
  10000: 'macroman',
  20127: 'ascii',
  20866: 'koi8-r',
  20932: 'euc-jp',
  21866: 'koi8-u',
  28591: 'iso-8859-1',
  28592: 'iso-8859-2',
  28593: 'iso-8859-3',
  28594: 'iso-8859-4',
  28595: 'iso-8859-5',
  28596: 'iso-8859-6',
  28597: 'iso-8859-7',
  28598: 'iso-8859-8',
  28599: 'iso-8859-9',
  28603: 'iso-8859-13',
  28605: 'iso-8859-15',
  51932: 'euc-jp',
  51936: 'gbk',
  51949: 'cp949',
  52936: 'gbk',
  54936: 'gb18030',
  65000: 'utf-7',
  65001: 'utf8'
}

const DEFAULT_ENCODING = 'cp1252'

/** The encoding behind a code page number; code pages that nobody knows are read as 1252, which loses nothing of ASCII. */
export function encodingOf(codePage: number): string {
  const named = ENCODINGS[codePage]
  if (named !== undefined) return named
  const name = `cp${codePage}`
  return iconv.encodingExists(name) ? name : DEFAULT_ENCODING
}

/** Code pages that were asked for and exist: every session and every logon asks. */
const known = new Set<number>()

/** Whether 8-bit text of the code page can be read as more than ASCII. */
export function isKnownCodePage(codePage: number): boolean {
  if (ENCODINGS[codePage] !== undefined || codePage === TELETEX_CODE_PAGE || known.has(codePage)) return true
  if (!iconv.encodingExists(`cp${codePage}`)) return false
  known.add(codePage)
  return true
}

/** The text of the bytes from `start` to `end` in a code page. */
export function decodeString8(bytes: Uint8Array, codePage: number, start = 0, end = bytes.byteLength): string {
  if (isAscii(bytes, start, end)) return latin1Slice(bytes, start, end)
  if (codePage === TELETEX_CODE_PAGE) return decodeTeletex(bytes, start, end)
  const view = Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start)
  return iconv.decode(view, encodingOf(codePage), { stripBOM: false })
}

/** The bytes of a text in a code page, without terminator; characters that it lacks become question marks. */
export function encodeString8(text: string, codePage: number): Uint8Array {
  return codePage === TELETEX_CODE_PAGE ? encodeTeletex(text) : iconv.encode(text, encodingOf(codePage))
}

function isAscii(bytes: Uint8Array, start: number, end: number): boolean {
  for (let at = start; at < end; at++) if (bytes[at] > 0x7f) return false
  return true
}

type Slice = (this: Uint8Array, start: number, end: number) => string
type Fill = (this: Uint8Array, text: string, offset: number, length: number) => number
const native = Buffer.prototype as unknown as { latin1Slice: Slice; ucs2Slice: Slice; ucs2Write: Fill }

/** Below this many units a loop is cheaper than the call into native code. */
const SHORT = 12

/** The bytes from `start` to `end` as Latin-1 text. */
export function latin1Slice(bytes: Uint8Array, start: number, end: number): string {
  if (end - start > SHORT) return native.latin1Slice.call(bytes, start, end)
  let text = ''
  for (let at = start; at < end; at++) text += String.fromCharCode(bytes[at])
  return text
}

/** The bytes from `start` to `end` as UTF-16LE text; lone surrogates are kept. */
export function utf16Slice(bytes: Uint8Array, start: number, end: number): string {
  if (end - start > SHORT * 2) return native.ucs2Slice.call(bytes, start, end)
  let text = ''
  for (let at = start; at + 1 < end; at += 2) text += String.fromCharCode(bytes[at] | (bytes[at + 1] << 8))
  return text
}

/** Writes the first `length` units of a text as UTF-16LE at `at`. */
export function utf16Fill(bytes: Uint8Array, at: number, text: string, length = text.length): void {
  if (length > SHORT * 2) {
    native.ucs2Write.call(bytes, text, at, length * 2)
    return
  }
  for (let i = 0; i < length; i++) {
    const unit = text.charCodeAt(i)
    bytes[at + i * 2] = unit
    bytes[at + i * 2 + 1] = unit >> 8
  }
}

/** Writes the first `length` characters as Latin-1 at `at`; others than Latin-1 become question marks. */
export function latin1Fill(bytes: Uint8Array, at: number, text: string, length = text.length): void {
  for (let i = 0; i < length; i++) {
    const unit = text.charCodeAt(i)
    bytes[at + i] = unit > 0xff ? 0x3f : unit
  }
}
