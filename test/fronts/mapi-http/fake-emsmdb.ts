import type { AuthScheme } from '../../../src/auth/index.js'
import { parseConfig } from '../../../src/config.js'
import { Directory, type Principal } from '../../../src/directory/index.js'
import type { ConnectRequest, EmsmdbSession, ExecuteRequest, ExecuteResponse } from '../../../src/emsmdb/index.js'
import { AutodiscoverEndpoint } from '../../../src/fronts/autodiscover/index.js'
import { HttpServer, httpLimits } from '../../../src/fronts/http/index.js'
import {
  AddressBookEndpoint,
  type EmsmdbPort,
  MailboxEndpoint,
  otherPaths
} from '../../../src/fronts/mapi-http/index.js'
import { type Log, silentLog } from '../../../src/log.js'
import type { Nspi } from '../../../src/nspi/nspi.js'
import { exchange2016, type Personality } from '../../../src/personality.js'
import { type Runtime, systemRuntime } from '../../../src/runtime.js'
import { MemoryEngine, Store } from '../../../store/index.js'
import { FakeNspi } from './fake-nspi.js'

interface FakeSession {
  ended: string | undefined
  wake: (() => void)[]
}

/** Sessions without a mailbox: records what it is asked and answers what the test wants. */
export class FakeEmsmdb implements EmsmdbPort {
  readonly connects: ConnectRequest[] = []
  readonly executes: ExecuteRequest[] = []
  readonly sessions: FakeSession[] = []
  connectError = 0
  respond: (request: ExecuteRequest) => ExecuteResponse | Promise<ExecuteResponse> = request => ({
    errorCode: 0,
    flags: 0,
    rop: [request.rop],
    auxiliary: new Uint8Array(0)
  })

  connect(request: ConnectRequest) {
    this.connects.push(request)
    const refused = this.connectError !== 0
    const session: FakeSession = { ended: undefined, wake: [] }
    if (!refused) this.sessions.push(session)
    return {
      session: refused ? null : (session as unknown as EmsmdbSession),
      errorCode: this.connectError,
      pollsMaxMs: refused ? 0 : 60000,
      retryCount: refused ? 0 : 6,
      retryDelayMs: refused ? 0 : 13000,
      dnPrefix: '',
      displayName: refused ? '' : 'Alice Ä',
      auxiliary: new Uint8Array(0)
    }
  }

  execute(_session: EmsmdbSession, request: ExecuteRequest) {
    this.executes.push(request)
    return this.respond(request)
  }

  disconnect(session: EmsmdbSession) {
    const fake = session as unknown as FakeSession
    fake.ended = 'disconnected'
    for (const go of fake.wake) go()
  }

  touch() {}

  wait(session: EmsmdbSession, signal: AbortSignal): Promise<{ pending: boolean }> {
    const fake = session as unknown as FakeSession
    return new Promise(resolve => {
      if (signal.aborted) resolve({ pending: false })
      signal.addEventListener('abort', () => resolve({ pending: false }))
      fake.wake.push(() => resolve({ pending: fake.ended === undefined }))
    })
  }
}

export interface TestServer {
  http: HttpServer
  endpoint: MailboxEndpoint
  addressBook: AddressBookEndpoint
  emsmdb: FakeEmsmdb
  nspi: FakeNspi
  directory: Directory
  alice: Principal
  bob: Principal
  port: number
  close(): Promise<void>
}

export interface TestServerOptions {
  runtime?: Runtime
  personality?: Partial<Personality>
  answerCacheBytes?: number
  contextLimitPerUser?: number
  publicUrl?: string
  log?: Log
  /** The address book service, in place of the fake one. */
  nspi?: (parts: { directory: Directory; runtime: Runtime; personality: Personality; log: Log }) => Nspi
}

/** An endpoint that exists in the protocol and is not switched on here. */
export const SWITCHED_OFF = '/mapi/off'

/** Basic for everybody in the directory, with the password `secret`; empty credentials are those of nobody. */
function oneSecret(directory: Directory): AuthScheme {
  return {
    name: 'Basic',
    connectionBound: false,
    challenge: 'Basic realm="ropewalk"',
    authenticate: credentials => {
      const [address, password] = Buffer.from(credentials, 'base64').toString('utf8').split(':')
      if (address === '' && password === '') return { kind: 'anonymous' }
      const principal = directory.byAddress(address)
      return principal === undefined || password !== 'secret' ? { kind: 'refused' } : { kind: 'principal', principal }
    }
  }
}

/** A whole HTTP server over a fake EMSMDB and a fake address book, with two users whose passwords are `secret`. */
export async function serve(options: TestServerOptions = {}): Promise<TestServer> {
  const runtime = options.runtime ?? systemRuntime
  const config = parseConfig({ logLevel: 'silent' })
  const personality = { ...exchange2016, ...options.personality }
  const directory = await Directory.open(new Store(new MemoryEngine()), runtime)
  const bob = await directory.add({ address: 'bob@example.com', displayName: 'Bob & Co' })
  const alice = await directory.add({
    address: 'alice@example.com',
    displayName: 'Alice <Ä>',
    aliases: ['a.smith@example.com'],
    fullAccess: ['bob@example.com']
  })
  const emsmdb = new FakeEmsmdb()
  const common = { personality, runtime, serverName: 'ropewalk' }
  const nspi = new FakeNspi()
  const forSessions = {
    ...common,
    log: options.log,
    directory,
    contextLimit: 1000,
    contextLimitPerUser: options.contextLimitPerUser ?? 100,
    answerCacheBytes: options.answerCacheBytes ?? 1 << 20
  }
  const endpoint = new MailboxEndpoint({ ...forSessions, emsmdb })
  const service = options.nspi?.({ directory, runtime, personality, log: options.log ?? silentLog }) ?? nspi.nspi
  const addressBook = new AddressBookEndpoint({ ...forSessions, nspi: service, publicUrl: options.publicUrl ?? '' })
  const autodiscover = new AutodiscoverEndpoint({ ...common, directory, publicUrl: '' })
  const http = new HttpServer({
    runtime,
    limits: httpLimits(config),
    routes: [
      ...endpoint.routes(),
      ...addressBook.routes(),
      ...otherPaths({ ...common, disabled: [SWITCHED_OFF] }),
      ...autodiscover.routes()
    ],
    schemes: [oneSecret(directory)],
    generation: () => directory.generation
  })
  const port = await http.listen(0, '127.0.0.1')
  http.ready()
  const close = async () => {
    endpoint.shutDown()
    addressBook.shutDown()
    await http.close(500)
    endpoint.close()
    addressBook.close()
  }
  return { http, endpoint, addressBook, emsmdb, nspi, directory, alice, bob, port, close }
}
