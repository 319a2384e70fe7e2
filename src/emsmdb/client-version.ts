/** Four-number version, as compared ([MS-OXCRPC] 3.1.4.1.3.1). */
export type NormalizedVersion = readonly [number, number, number, number]

/** Undoes the packing of a three-WORD version: with the high bit of the second word the first holds two numbers. */
export function normalizeVersion(version: readonly [number, number, number]): NormalizedVersion {
  const [first, second, third] = version
  return second & 0x8000 ? [first >> 8, first & 0xff, second & 0x7fff, third] : [first, 0, second, third]
}

/** The three-WORD form in the new scheme. */
export function packVersion([major, minor, build, revision]: NormalizedVersion): [number, number, number] {
  return [(major << 8) | minor, build | 0x8000, revision]
}

/** Less than, equal or greater than 0, as `a` is older than, the same as or newer than `b`. */
export function compareVersions(a: NormalizedVersion, b: NormalizedVersion): number {
  for (let i = 0; i < 4; i++) {
    if (a[i] !== b[i]) return a[i] - b[i]
  }
  return 0
}
