/**
 * Client version of X-ClientApplication, `Outlook/15.00.0847.4040` ([MS-OXCMAPIHTTP] 2.2.3.3.6), in the three words of
 * EcDoConnectEx ([MS-OXCRPC] 3.2.4.1.3); zeros for any other form.
 */
export function parseClientVersion(application: string): [number, number, number] {
  const match = /^[^/]{1,64}\/(\d{1,3})\.(\d{1,3})\.(\d{1,5})\.(\d{1,5})$/.exec(application)
  if (match === null) return [0, 0, 0]
  const [major, minor, build, revision] = match.slice(1).map(Number)
  if (major > 0xff || minor > 0xff || build > 0x7fff || revision > 0xffff) return [0, 0, 0]
  return [(major << 8) | minor, build | 0x8000, revision]
}
