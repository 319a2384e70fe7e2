import { constants } from 'node:crypto'
import { createServer as createTcpServer, type Server, type Socket } from 'node:net'
import { createServer as createTlsServer, DEFAULT_CIPHERS, type TLSSocket, type TlsOptions } from 'node:tls'
import type { ServerCertificate, TlsIdentity } from '../../certificates/index.js'
import type { Config } from '../../config.js'
import type { Log } from '../../log.js'

export interface TlsSettings {
  readonly certificate: ServerCertificate
  readonly minVersion: Config['tlsMinVersion']
}

/** What a TLS listener asks of the server that it listens for. */
export interface TlsHost {
  readonly log: Log
  /** Time in which a handshake must be over. */
  readonly handshakeTimeMs: number
  /** Counts a connection; false when there are too many already. */
  admit(source: string): boolean
  /** A counted connection is gone. */
  release(source: string): void
  /** Takes a counted connection whose handshake is done. */
  take(socket: TLSSocket): void
}

/**
 * Listens for TLS connections. A connection counts towards the limits from its first packet, so that handshakes which hang or
 * fail cost no more than other idle connections. TCP and TLS are two servers in one: the certificate is looked at between
 * them, and can be exchanged while connections go on.
 */
export class TlsListener {
  readonly tcp: Server
  private readonly tls
  private readonly sockets = new Set<Socket>()
  private shown: TlsIdentity | undefined

  constructor(
    private readonly settings: TlsSettings,
    private readonly host: TlsHost
  ) {
    this.tcp = createTcpServer({ noDelay: true }, socket => this.accept(socket))
    this.tls = createTlsServer({ ALPNProtocols: ['http/1.1'], handshakeTimeout: host.handshakeTimeMs })
    this.tls.on('secureConnection', socket => {
      // A client that ends its side in the handshake is gone; later it may still wait for answers.
      socket.allowHalfOpen = true
      this.host.take(socket)
    })
    this.tls.on('tlsClientError', (error: NodeJS.ErrnoException, socket) => {
      this.host.log.debug('tls.handshake-failed', { source: socket.remoteAddress, code: error.code ?? error.message })
      socket.destroy()
    })
  }

  /** Makes ready to show this certificate; throws what OpenSSL says of one that it refuses. */
  show(identity: TlsIdentity): void {
    if (identity === this.shown) return
    this.tls.setSecureContext(contextOptions(identity, this.settings.minVersion))
    this.shown = identity
  }

  /** Ends what is left of the connections, handshakes included. */
  destroy(): void {
    for (const socket of this.sockets) socket.destroy()
  }

  private accept(socket: Socket): void {
    const source = socket.remoteAddress ?? 'unknown'
    socket.on('error', () => socket.destroy())
    if (!this.host.admit(source)) {
      socket.destroy()
      return
    }
    this.sockets.add(socket)
    socket.once('close', () => {
      this.sockets.delete(socket)
      this.host.release(source)
    })
    const identity = this.settings.certificate.current()
    if (!(identity instanceof Promise)) this.shake(socket, identity)
    else identity.then(renewed => this.shake(socket, renewed)).catch(error => this.failed(socket, error))
  }

  private failed(socket: Socket, error: unknown): void {
    this.host.log.error('tls.no-certificate', { error })
    socket.destroy()
  }

  private shake(socket: Socket, identity: TlsIdentity): void {
    this.show(identity)
    if (!socket.destroyed) this.tls.emit('connection', socket)
  }
}

function contextOptions({ certificates, key }: TlsIdentity, minVersion: Config['tlsMinVersion']): TlsOptions {
  const isOld = minVersion === 'TLSv1' || minVersion === 'TLSv1.1'
  return {
    cert: certificates,
    key,
    minVersion,
    // TLS before 1.2 signs with SHA-1, which OpenSSL refuses from security level 1 on.
    ...(isOld && { ciphers: `${DEFAULT_CIPHERS}:@SECLEVEL=0` }),
    // A client that asks for handshake after handshake would have the server do most of the work.
    secureOptions: constants.SSL_OP_NO_RENEGOTIATION,
    sessionIdContext: 'ropewalk'
  }
}
