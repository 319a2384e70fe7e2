import type { HttpRequest } from '../http/index.js'

const HOST = /^([a-z0-9._-]{1,253}|\[[0-9a-f:.]{2,45}\])(:\d{1,5})?$/i

/**
 * Scheme, host and port by which a client reached the server: what the setting says, else the Host header of the request,
 * because a client that came by a name can come by it again. `fallbackHost` stands in for a header that is no host.
 */
export function baseUrlOf(request: HttpRequest, publicUrl: string, fallbackHost: string): string {
  if (publicUrl !== '') return publicUrl.replace(/\/+$/, '')
  const host = request.head.header('host') ?? ''
  return `${request.connection.secure ? 'https' : 'http'}://${HOST.test(host) ? host : fallbackHost}`
}
