/** `application/json` of `Application/JSON; charset=utf-8`; empty for a header that is none. */
export function mediaTypeOf(header: string | undefined): string {
  return (header ?? '').split(';', 1)[0].trim().toLowerCase()
}

/** The charset parameter of a content type, in lower case; undefined when it has none. */
export function charsetOf(header: string | undefined): string | undefined {
  return /;\s*charset\s*=\s*"?([^";\s]+)"?/i.exec(header ?? '')?.[1]?.toLowerCase()
}

/**
 * The type of `offered` that an Accept header likes best (RFC 9110 12.5.1), the earlier one where it likes two alike;
 * undefined when it takes none of them. No header takes anything.
 */
export function preferredType(accept: string | undefined, offered: readonly string[]): string | undefined {
  if (accept === undefined || accept.trim() === '') return offered[0]
  const ranges = accept.split(',').map(part => {
    const quality = /;\s*q\s*=\s*([01](?:\.\d{0,3})?)\s*(?:;|$)/i.exec(part)
    return { type: mediaTypeOf(part), quality: quality === null ? 1 : Number(quality[1]) }
  })
  let best: string | undefined
  let bestQuality = 0
  for (const type of offered) {
    const quality = qualityOf(type, ranges)
    if (quality <= bestQuality) continue
    best = type
    bestQuality = quality
  }
  return best
}

/** The most exact range that covers a type decides. */
function qualityOf(type: string, ranges: readonly { type: string; quality: number }[]): number {
  const group = `${type.slice(0, type.indexOf('/'))}/*`
  for (const exactness of [type, group, '*/*']) {
    const range = ranges.find(candidate => candidate.type === exactness)
    if (range !== undefined) return range.quality
  }
  return 0
}
