/** What the listener needs of a socket: satisfied by net.Socket and tls.TLSSocket. */
export interface StreamSocket {
  readonly remoteAddress?: string
  readonly writableLength: number
  readonly destroyed: boolean
  write(bytes: Uint8Array): boolean
  end(): void
  destroy(): void
  pause(): void
  resume(): void
  cork(): void
  uncork(): void
  setNoDelay(on: boolean): void
  on(event: 'data', listener: (chunk: Buffer) => void): this
  on(event: 'end' | 'close' | 'drain', listener: () => void): this
  on(event: 'error', listener: (error: Error) => void): this
}
