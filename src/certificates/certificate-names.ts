import type { X509Certificate } from 'node:crypto'
import { isIP } from 'node:net'
import { domainToASCII } from 'node:url'

/**
 * Bytes of all names in one certificate: with it the handshake message stays below 16 KiB, one TLS record, which clients
 * of every age take.
 */
const NAME_BYTES = 12 * 1024
/** Length and type of a name in the extension. */
const NAME_OVERHEAD = 4

const DNS_NAME = /^[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?(\.[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?)*$/

export interface CertificateNames {
  /** DNS names in lower case and IP addresses, each once, in the order of importance. */
  readonly names: readonly string[]
  /** Names that had no room. */
  readonly omitted: number
}

/**
 * The names that clients reach a server by: its hosts first, then for each mail domain `autodiscover.<domain>` and
 * `<domain>`, which Outlook asks in turn. What is neither a DNS name nor an address is left out.
 */
export function certificateNames(hosts: readonly string[], domains: readonly string[]): CertificateNames {
  const wanted = [...hosts, ...domains.flatMap(domain => [`autodiscover.${domain}`, domain])]
  const names = new Set<string>()
  let omitted = 0
  let bytes = 0
  for (const one of wanted) {
    const name = plainName(one)
    if (name === undefined || names.has(name)) continue
    if (bytes + name.length + NAME_OVERHEAD > NAME_BYTES) {
      omitted++
      continue
    }
    bytes += name.length + NAME_OVERHEAD
    names.add(name)
  }
  return { names: [...names], omitted }
}

/** Names among these that a certificate does not vouch for; its wildcards count. */
export function missingNames(certificate: X509Certificate, names: readonly string[]): string[] {
  return names.filter(name =>
    isIP(name) === 0
      ? certificate.checkHost(name, { subject: 'never' }) === undefined
      : certificate.checkIP(name) === undefined
  )
}

function plainName(text: string): string | undefined {
  const bare = text.replace(/^\[(.*)\]$/, '$1').replace(/\.$/, '')
  if (isIP(bare) !== 0) return bare
  const name = domainToASCII(bare).toLowerCase()
  return name.length <= 253 && DNS_NAME.test(name) ? name : undefined
}
