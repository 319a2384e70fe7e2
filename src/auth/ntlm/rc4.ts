/**
 * RC4, which OpenSSL 3 offers no more: [MS-NLMP] wraps session keys and seals messages with it ([MS-NLMP] 6, RC4Init and
 * RC4). One object is one key stream; encrypting and decrypting are the same.
 */
export class Rc4 {
  private readonly box = Uint8Array.from({ length: 256 }, (_, i) => i)
  private i = 0
  private j = 0

  constructor(key: Uint8Array) {
    const { box } = this
    for (let i = 0, j = 0; i < 256; i++) {
      j = (j + box[i] + key[i % key.length]) & 255
      this.swap(i, j)
    }
  }

  /** The next bytes of the stream, applied to a copy of `data`. */
  apply(data: Uint8Array): Uint8Array {
    const { box } = this
    return Uint8Array.from(data, byte => {
      this.i = (this.i + 1) & 255
      this.j = (this.j + box[this.i]) & 255
      this.swap(this.i, this.j)
      return byte ^ box[(box[this.i] + box[this.j]) & 255]
    })
  }

  private swap(i: number, j: number): void {
    const byte = this.box[i]
    this.box[i] = this.box[j]
    this.box[j] = byte
  }
}

/** RC4K ([MS-NLMP] 6): `data` under a key of its own stream. */
export function rc4(key: Uint8Array, data: Uint8Array): Uint8Array {
  return new Rc4(key).apply(data)
}
