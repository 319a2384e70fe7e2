/** The response body of MAPI/HTTP: meta-tags, additional headers, an empty line, the body ([MS-OXCMAPIHTTP] 2.2.2.2, 2.2.7). */

export const PROCESSING = Buffer.from('PROCESSING\r\n', 'latin1')
export const PENDING = Buffer.from('PENDING\r\n', 'latin1')

export interface InnerHeaders {
  /** HTTP date at which the server began. */
  startTime: string
  elapsedMs: number
  /** Only for a failure after X-ResponseCode 0 was sent already. */
  lateResponseCode?: number
}

/** DONE and the additional headers up to and with the empty line; X-StartTime first, as Exchange writes it. */
export function formatDone({ startTime, elapsedMs, lateResponseCode }: InnerHeaders): string {
  const late =
    lateResponseCode === undefined ? '' : `X-ResponseCode: ${lateResponseCode}\r\nContent-Type: text/html\r\n`
  return `DONE\r\n${late}X-StartTime: ${startTime}\r\nX-ElapsedTime: ${elapsedMs}\r\n\r\n`
}

export interface InnerStream {
  metaTags: string[]
  /** Additional headers, names in lower case. */
  headers: Map<string, string>
  body: Buffer
}

/** Takes a whole response body apart; undefined when it does not have this form. */
export function parseInnerStream(bytes: Buffer): InnerStream | undefined {
  const metaTags: string[] = []
  const headers = new Map<string, string>()
  let at = 0
  for (;;) {
    const end = bytes.indexOf('\r\n', at, 'latin1')
    if (end < 0) return undefined
    const line = bytes.toString('latin1', at, end)
    at = end + 2
    if (metaTags.at(-1) !== 'DONE') {
      if (line !== 'PROCESSING' && line !== 'PENDING' && line !== 'DONE') return undefined
      metaTags.push(line)
    } else if (line === '') return { metaTags, headers, body: bytes.subarray(at) }
    else {
      const colon = line.indexOf(':')
      if (colon <= 0) return undefined
      headers.set(line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim())
    }
  }
}
