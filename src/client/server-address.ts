import type { HttpConnectionOptions } from './http-connection.js'

/**
 * How to connect to the server at an `http:` or `https:` URL. `ca` is PEM text of an authority to trust for it, in place of
 * those that Node.js trusts.
 */
export function serverAddress(url: string | URL, ca?: string): HttpConnectionOptions {
  const { protocol, hostname, port } = new URL(url)
  if (protocol !== 'http:' && protocol !== 'https:') throw new Error(`not an http or https URL: ${url}`)
  const host = hostname.replace(/^\[(.*)\]$/, '$1')
  if (protocol === 'http:') return { host, port: Number(port || 80) }
  return { host, port: Number(port || 443), tls: ca === undefined ? {} : { ca } }
}
