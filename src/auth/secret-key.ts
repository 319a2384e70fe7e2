import { createHmac, timingSafeEqual } from 'node:crypto'
import { existsSync, readFileSync, renameSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { Batch, keys, SERVER_MAILBOX, type Store } from '../../store/index.js'
import { replaceFile, systemFiles } from '../file-system.js'
import { type Log, silentLog } from '../log.js'
import type { Runtime } from '../runtime.js'

/** The key that passwords are sealed under is missing or another one. `hint` says what a person can do. */
export class SecretKeyError extends Error {
  constructor(
    message: string,
    readonly hint: string
  ) {
    super(message)
    this.name = 'SecretKeyError'
  }
}

export interface SecretKeyOptions {
  /** Folder of the key file; null where everything is in one engine, which then has the key, too. */
  readonly dataDir: string | null
  readonly runtime: Runtime
  /** Make a new key when the old one is lost: nobody can log on before his password is set anew. */
  readonly replaceLost?: boolean
  readonly log?: Log
}

export const SECRET_KEY_FILE = 'secret.key'

const KEY_BYTES = 32
/** The file is one line of text, so that a person sees what it is. */
const PREFIX = 'ropewalk-secret-key-1 '
/** A value that only the right key gives: a wrong one is noticed at the start, and not when somebody logs on. */
const CHECK_KEY = keys.setting.of(SERVER_MAILBOX, 'secret-check')
const KEPT_KEY = keys.setting.of(SERVER_MAILBOX, 'secret-key')

/**
 * The key of this store's secrets; made at the first start, in a file that only its owner can read. The store must be open: its lock
 * keeps two servers from making two keys. Throws SecretKeyError when secrets may be there that the key does not open.
 */
export async function openSecretKey(store: Store, options: SecretKeyOptions): Promise<Uint8Array> {
  const { dataDir, replaceLost = false, log = silentLog } = options
  const path = dataDir === null ? null : join(dataDir, SECRET_KEY_FILE)
  const kept = path === null ? store.get(KEPT_KEY) : readKey(path, log)
  const check = store.get(CHECK_KEY)
  const isRight = kept !== undefined && (check === undefined || matches(kept, check))
  if (isRight && check !== undefined) return kept
  if (check !== undefined) {
    if (!replaceLost) throw lost(path)
    log.warn('auth.key-replaced', { file: path })
  }
  const key = isRight ? kept : options.runtime.random(new Uint8Array(KEY_BYTES))
  const batch = new Batch().put(CHECK_KEY, checkOf(key))
  if (path === null) batch.put(KEPT_KEY, key)
  else if (!isRight) writeKey(path, key)
  await store.whenDurable(store.commit(batch))
  return key
}

function lost(path: string | null): SecretKeyError {
  const isMissing = path === null || !existsSync(path)
  return new SecretKeyError(
    isMissing
      ? `The key file ${path ?? 'of the engine'} is missing, and the passwords in the store cannot be read without it.`
      : `The key in ${path} is not the one that the passwords in the store were sealed with.`,
    'Put the right file back from your backup. If it is lost for good, start once with --replace-secret-key: ' +
      'a new key is made, and every user needs a new password.'
  )
}

function checkOf(key: Uint8Array): Uint8Array {
  return createHmac('sha256', key).update('ropewalk secret check').digest()
}

function matches(key: Uint8Array, check: Uint8Array): boolean {
  const own = checkOf(key)
  return own.length === check.length && timingSafeEqual(own, check)
}

/** Undefined when the file is missing or no key file. */
function readKey(path: string, log: Log): Uint8Array | undefined {
  if (!existsSync(path)) return undefined
  if (process.platform !== 'win32' && (statSync(path).mode & 0o077) !== 0) {
    log.warn('auth.key-readable-by-others', { file: path, advice: 'chmod 600' })
  }
  const text = readFileSync(path, 'latin1').trim()
  const key = Buffer.from(text.slice(PREFIX.length), 'base64url')
  return text.startsWith(PREFIX) && key.length === KEY_BYTES ? key : undefined
}

/** On disk before anything is sealed under the key. An old file is kept aside. */
function writeKey(path: string, key: Uint8Array): void {
  if (existsSync(path)) renameSync(path, `${path}.old`)
  replaceFile(systemFiles, path, `${PREFIX}${Buffer.from(key).toString('base64url')}\n`, 0o600)
}
