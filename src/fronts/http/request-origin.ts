import { isIPv6 } from 'node:net'
import type { HttpRequest } from './http-request.js'

/** Names of hosts, with the underscores that some networks have; an IPv6 address in brackets; a port. */
const HOST =
  /^(?:((?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?\.)*[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?\.?)|\[([0-9a-f:.]{2,45})\])(?::(\d{1,5}))?$/i
const LONGEST = 262

/**
 * Scheme, host and port by which a client reached the server: what the setting says, else the Host header of the request,
 * because a client that came by a name can come by it again. X-Forwarded headers count for nothing: anybody can send them.
 * `fallbackHost` stands in where HTTP/1.0 sends no Host. Undefined for a header that is no host (RFC 9112 3.2: 400).
 */
export function requestOrigin(
  { head, connection }: Pick<HttpRequest, 'head' | 'connection'>,
  publicUrl: string,
  fallbackHost: string
): string | undefined {
  if (publicUrl !== '') return publicUrl.replace(/\/+$/, '')
  const host = head.header('host') || fallbackHost
  return isHost(host) ? `${connection.secure ? 'https' : 'http'}://${host}` : undefined
}

function isHost(text: string): boolean {
  const parts = text.length > LONGEST ? null : HOST.exec(text)
  if (parts === null) return false
  const [, , address, port] = parts
  return (address === undefined || isIPv6(address)) && (port === undefined || Number(port) <= 65535)
}
