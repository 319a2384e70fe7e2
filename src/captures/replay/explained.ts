/**
 * Why a recording says that a field of an answer may differ; undefined when it does not. A pattern is `exchange/path`, where `*` stands
 * for anything between two slashes and `**` for anything.
 */
export function explains(
  mayDiffer: readonly { path: string; why: string }[],
  exchange: string,
  path: string
): string | undefined {
  const place = `${exchange}/${path}`
  return mayDiffer.find(one => patternOf(one.path).test(place))?.why
}

function patternOf(path: string): RegExp {
  const pieces = path.split(/(\*\*|\*)/)
  const source = pieces.map(piece => {
    if (piece === '**') return '.*'
    return piece === '*' ? '[^/]*' : piece.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
  })
  return new RegExp(`^${source.join('')}$`)
}
