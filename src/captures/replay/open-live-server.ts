import { AddressBookClient } from '../../client/address-book-client.js'
import type { HttpConnectionOptions, HttpResponse } from '../../client/http-connection.js'
import type { LogOnScheme } from '../../client/log-on.js'
import { MapiClient } from '../../client/mapi-client.js'
import { namedServer, serverFault } from '../../client/server-fault.js'
import { CaptureError } from '../recorded-session.js'
import type { Endpoint, ReplayServer } from './replay-session.js'

export interface LiveServerOptions {
  /** `http:` or `https:` URL. */
  url: string
  /** Address of the mailbox, which is also the name to log on with. */
  user: string
  password: string
  auth?: LogOnScheme
  /** PEM file of an authority to trust. */
  caFile?: string
  /** Without a byte for this long an answer is taken as lost. */
  idleTimeoutMs?: number
}

const IDLE_TIMEOUT_MS = 60_000

export interface LiveServer extends ReplayServer {
  close(): void
}

/** Logs on to a server and finds the user's mailbox by Autodiscover. CaptureError with what to do when that fails. */
export async function openLiveServer(options: LiveServerOptions): Promise<LiveServer> {
  const at = addressOf(options)
  const { user: address, password, auth, url } = options
  const credentials = { ...at, address, password, auth }
  const client = await MapiClient.open(credentials).catch(error => fail(error, options))
  const mailbox = client.mailbox!
  let book: AddressBookClient | undefined
  const openBook = async (): Promise<AddressBookClient> => {
    if (mailbox.addressBookUrl === undefined)
      throw new CaptureError(`${url} has no address book over MAPI/HTTP.`, 'Its Autodiscover answer names none.')
    const { pathname, search } = new URL(mailbox.addressBookUrl)
    return AddressBookClient.openAt(credentials, `${pathname}${search}`)
  }
  return {
    user: { address: mailbox.address || address, legacyDn: mailbox.legacyDn, displayName: mailbox.displayName },
    async post(endpoint: Endpoint, type: string, body: Uint8Array): Promise<HttpResponse> {
      try {
        if (endpoint === 'mailbox') return await client.post(type, body)
        book ??= await openBook()
        return await book.post(type, body)
      } catch (error) {
        return fail(error, options)
      }
    },
    close() {
      client.close()
      book?.close()
    }
  }
}

function addressOf({ url, caFile, idleTimeoutMs }: LiveServerOptions): HttpConnectionOptions {
  const at = namedServer(url, caFile)
  if ('hint' in at) throw new CaptureError(at.message, at.hint)
  return { ...at, idleTimeoutMs: idleTimeoutMs ?? IDLE_TIMEOUT_MS }
}

/** What went wrong while connecting or sending, for the one who started the replay. */
function fail(error: unknown, options: LiveServerOptions): never {
  const fault = error instanceof CaptureError ? undefined : serverFault(error, options)
  throw fault === undefined ? error : new CaptureError(fault.message, fault.hint)
}
