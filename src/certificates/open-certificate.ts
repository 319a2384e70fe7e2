import { hostname, networkInterfaces } from 'node:os'
import { join } from 'node:path'
import type { Config } from '../config.js'
import type { Log } from '../log.js'
import type { Runtime } from '../runtime.js'
import { CertificateFolder } from './certificate-folder.js'
import { type CertificateNames, certificateNames } from './certificate-names.js'
import { IssuedCertificate } from './issued-certificate.js'
import { openOwnCertificate } from './own-certificate.js'
import type { ServerCertificate } from './server-certificate.js'

export interface CertificateOptions {
  readonly config: Pick<Config, 'tlsCertFile' | 'tlsKeyFile' | 'host' | 'publicUrl' | 'serverName'>
  /** Data directory that a private authority is kept in; undefined keeps it in memory. */
  readonly dataDir: string | undefined
  /** Mail domains of the server, as they are now. */
  readonly domains: () => readonly string[]
  /** Changes whenever the domains may have changed. */
  readonly generation: () => number
  readonly runtime: Runtime
  readonly log: Log
}

/** The certificate that the settings ask for: the user's own, or one that a private authority issues. */
export async function openCertificate(options: CertificateOptions): Promise<ServerCertificate> {
  const { config, dataDir, runtime, log, generation } = options
  const { tlsCertFile: certFile, tlsKeyFile: keyFile } = config
  const hosts = hostsOf(config)
  const names = (): CertificateNames => certificateNames(hosts, options.domains())
  if (certFile !== '' || keyFile !== '')
    return openOwnCertificate({ certFile, keyFile, names: names().names, now: runtime.now(), log })
  const folder = dataDir === undefined ? undefined : new CertificateFolder(join(dataDir, 'tls'), log)
  return IssuedCertificate.open({ runtime, log, folder, names, generation })
}

/** Names and addresses of this machine and of the URLs that the server publishes, the most telling first. */
function hostsOf({ host, publicUrl, serverName }: CertificateOptions['config']): string[] {
  const listensEverywhere = host === '0.0.0.0' || host === '::'
  return [
    ...(publicUrl === '' ? [] : [new URL(publicUrl).hostname]),
    ...[hostname(), 'localhost', '127.0.0.1', '::1', serverName],
    ...(listensEverywhere ? ownAddresses() : [host])
  ]
}

/** Addresses that others reach this machine by; those that only mean something on one network card are left out. */
function ownAddresses(): string[] {
  return Object.values(networkInterfaces())
    .flatMap(addresses => addresses ?? [])
    .filter(({ internal, scopeid }) => !internal && !scopeid)
    .map(({ address }) => address)
}
