/** ServerVersion: four bits 7, six bits major, six bits minor, a flag, fifteen bits build, as hexadecimal digits. */
export function serverVersion([major, minor, build]: readonly number[]): string {
  return (0x70000000 + major * 0x400000 + minor * 0x10000 + 0x8000 + build).toString(16).toUpperCase()
}
