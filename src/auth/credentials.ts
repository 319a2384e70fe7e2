import { hkdfSync } from 'node:crypto'
import type { Principal } from '../directory/principal.js'
import { type Log, silentLog } from '../log.js'
import { newGuid, type Runtime } from '../runtime.js'
import { ntowfv1 } from './ntlm/one-way-functions.js'
import { Passwords } from './password.js'
import { isScryptRecord, parseScryptRecord } from './scrypt-record.js'
import { type Secret, seal, unseal } from './sealed-secret.js'

export interface CredentialsOptions {
  /** 32 bytes that every secret of the store is sealed under; see openSecretKey. Random when absent: secrets then end with the process. */
  key?: Uint8Array
  /** scrypt cost of new secrets and of the decoy. */
  passwordCost?: number
  log?: Log
}

/** Whose password is asked for. Null for a name that nobody has. */
type Owner = Pick<Principal, 'guid' | 'secret' | 'disabled'> | null

const NT_HASH_BYTES = 16

/**
 * How passwords are kept: a salted slow hash and the NT hash that NTLM needs, sealed together. The directory holds the
 * result without knowing what it is. Whoever is unknown, disabled or without a password is checked against a decoy, so that the
 * work is the same for everybody.
 */
export class Credentials {
  readonly passwords: Passwords
  private readonly runtime: Runtime
  private readonly log: Log
  private readonly key: Uint8Array
  private readonly decoy: Secret
  /** Whose secret is opened whenever there is nothing real to open; in every respect like a real one. */
  private readonly nobody: { readonly guid: string; readonly secret: Uint8Array }

  constructor(runtime: Runtime, options: CredentialsOptions = {}) {
    this.runtime = runtime
    this.log = options.log ?? silentLog
    this.passwords = new Passwords(runtime, options.passwordCost)
    const key = options.key ?? runtime.random(new Uint8Array(32))
    this.key = Buffer.from(hkdfSync('sha256', key, new Uint8Array(), 'ropewalk password secrets', 32))
    this.decoy = { slow: this.passwords.blank(), ntHash: runtime.random(new Uint8Array(NT_HASH_BYTES)) }
    const guid = newGuid(runtime)
    this.nobody = { guid, secret: seal(this.decoy, this.key, guid, runtime) }
  }

  /** What the directory keeps of a password of the principal with this GUID. */
  async make(password: string, principalGuid: string): Promise<Uint8Array> {
    const slow = await this.passwords.hash(password)
    const ntHash = ntowfv1(password.normalize('NFC'))
    return seal({ slow, ntHash }, this.key, principalGuid, this.runtime)
  }

  /** Whether this is the password, at the cost of one scrypt; never for somebody who cannot log on. */
  async verify(password: string, owner: Owner): Promise<boolean> {
    const { slow, isReal } = this.open(owner)
    const isRight = await this.passwords.verify(password, slow)
    return isRight && isReal
  }

  /**
   * NT hash to check an NTLM response against. `isReal` is false when it belongs to nobody: whatever the response, the log-on
   * then fails. A password that was kept before there was NTLM here has none, until it is used once.
   */
  ntHash(owner: Owner): { ntHash: Uint8Array; isReal: boolean } {
    const { ntHash, isReal, isOld } = this.open(owner)
    return { ntHash, isReal: isReal && !isOld }
  }

  /** True when the secret should be made anew once the password is at hand: it has the old form, or another cost. */
  isOutdated(owner: Owner): boolean {
    const { slow, isReal, isOld } = this.open(owner)
    return isReal && (isOld || slow.cost !== this.decoy.slow.cost)
  }

  private open(owner: Owner): Opened {
    const isReal = owner !== null && !owner.disabled && owner.secret !== null
    const { guid, secret } = isReal ? (owner as typeof this.nobody) : this.nobody
    if (isScryptRecord(secret)) return this.openOld(guid, secret)
    const opened = unseal(secret, this.key, guid)
    if (opened === undefined) return this.unreadable(guid)
    return { slow: opened.slow, ntHash: opened.ntHash, isReal, isOld: false }
  }

  /** A sealed secret is opened besides: the older form must not show in the time. */
  private openOld(guid: string, secret: Uint8Array): Opened {
    unseal(this.nobody.secret, this.key, this.nobody.guid)
    const slow = parseScryptRecord(secret)
    return slow === undefined ? this.unreadable(guid) : { slow, ntHash: this.decoy.ntHash, isReal: true, isOld: true }
  }

  private unreadable(guid: string): Opened {
    this.log.error('auth.secret-unreadable', { principal: guid })
    return { ...this.decoy, isReal: false, isOld: false }
  }
}

interface Opened extends Secret {
  /** False for the decoy. */
  readonly isReal: boolean
  /** True for the form that has no NT hash. */
  readonly isOld: boolean
}
