import { openCertificate } from './certificates/index.js'
import type { Config } from './config.js'
import type { Directory } from './directory/index.js'
import type { HttpServer } from './fronts/http/index.js'
import type { Log } from './log.js'
import { systemRuntime } from './runtime.js'

export interface ListenersOptions {
  readonly http: HttpServer
  readonly config: Config
  readonly directory: Directory
  readonly log: Log
  /** Where certificates are kept; undefined keeps them in memory. */
  readonly dataDir: string | undefined
}

/** Where a server listens, and whom to trust there. */
export interface Listening {
  /** `https` is absent when the TLS listener was left out (`httpsPort: null`). */
  readonly urls: { readonly http: string; readonly https?: string }
  /** PEM text of the private authority that clients of `urls.https` have to trust; absent with a certificate of your own. */
  readonly caCertificate?: string
  /** The file that it stands in, for a server over a data directory. */
  readonly caFile?: string
}

/** Opens the listeners and says where they are; closes all of them when one cannot be opened. */
export async function openListeners({ http, config, directory, log, dataDir }: ListenersOptions): Promise<Listening> {
  const { host, httpPort, httpsPort, tlsMinVersion: minVersion } = config
  const httpHost = config.httpHost === '' ? host : config.httpHost
  const url = (scheme: string, at: string, port: number): string => `${scheme}://${connectableHost(at)}:${port}`
  try {
    // Before any port is open: certificates that cannot be used are better known at once.
    const certificate =
      httpsPort === null
        ? null
        : await openCertificate({
            ...{ config, dataDir, log },
            domains: () => domainsOf(directory),
            generation: () => directory.generation,
            // Clients compare certificates with their own clocks, whatever time it is in the server's world.
            runtime: systemRuntime
          })
    const port = await http.listen(httpPort, httpHost)
    const securePort =
      certificate === null ? undefined : await http.listenSecure(httpsPort!, host, { certificate, minVersion })
    http.ready()
    log.info('server.ready', { host, httpHost, port, securePort })
    return {
      urls: {
        http: url('http', httpHost, port),
        ...(securePort !== undefined && { https: url('https', host, securePort) })
      },
      caCertificate: certificate?.authority?.certificate,
      caFile: certificate?.authority?.file
    }
  } catch (error) {
    await http.close(0)
    throw error
  }
}

/** Domains of all addresses that people may type, further ones of mailboxes included. */
function domainsOf(directory: Directory): string[] {
  const addresses = directory.principals().flatMap(({ address, aliases }) => [address, ...aliases])
  return [...new Set(addresses.map(address => address.slice(address.lastIndexOf('@') + 1)))].sort()
}

/** What stands in a URL for an address that is listened on: "all addresses" is none to connect to. */
function connectableHost(host: string): string {
  if (host === '0.0.0.0') return '127.0.0.1'
  if (host === '::') return '[::1]'
  return host.includes(':') ? `[${host}]` : host
}
