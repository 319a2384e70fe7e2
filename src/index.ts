/**
 * The programmatic API: a whole server in one call. Several live in one process without knowing of each other.
 *
 *     const server = await startServer({ world: 'my-test.yaml', memory: true, ports: 0 })
 *     server.urls.http
 *     await server.stop()
 */
import { existsSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { ropTable } from '../rops/index.js'
import { type Engine, MemoryEngine } from '../store/index.js'
import { type ObjectStore, openStore, openStoreDirectory } from '../store/open-store.js'
import { Authenticator, type AuthScheme, Credentials, openSecretKey } from './auth/index.js'
import { type Config, parseConfig, personalities } from './config.js'
import { Directory, type MailboxLimits } from './directory/index.js'
import { Emsmdb, type EmsmdbOptions, type EmsmdbSession } from './emsmdb/index.js'
import type { Administration, WorldOutcome, WorldText } from './fronts/admin/index.js'
import { AutodiscoverEndpoint } from './fronts/autodiscover/index.js'
import { HttpServer, httpLimits } from './fronts/http/index.js'
import { createLog, type Log, silentLog } from './log.js'
import { type CheckResult, checkStore } from './mailbox/check.js'
import type { Mailbox } from './mailbox/domain.js'
import type { MailboxLifecycle } from './mailbox/mailbox-lifecycle.js'
import { Mailboxes } from './mailbox/mailboxes.js'
import { type AdministrationParts, openAdminFront, openAdministration } from './open-administration.js'
import { type Listening, openListeners } from './open-listeners.js'
import { openMapiHttp } from './open-mapi-http.js'
import { customRuntime, type Runtime, systemRuntime } from './runtime.js'
import { StoreRecovery } from './store-recovery.js'
import type { Delivery } from './transport/delivery.js'
import {
  applyWorld,
  hasWorld,
  personalityOfWorlds,
  type WorldProgress,
  type WorldReport,
  type WorldTarget
} from './world/apply-world.js'
import { findLocaleId } from './world/locales.js'
import { readWorld, WorldError } from './world/parse-world.js'
import { parseWorldApart } from './world/parse-world-apart.js'
import type { World } from './world/schema.js'

export { AdministrationError } from './fronts/admin/index.js'
export type { WorldReport } from './world/apply-world.js'
export { parseWorld, readWorld, WorldError } from './world/parse-world.js'
export type { World } from './world/schema.js'

export interface StartOptions extends Partial<Omit<Config, 'dataDir'>> {
  /** Folder of the object store; made if it does not exist. */
  dataDir?: string
  /** Keep everything in memory: nothing is written, nothing remains. */
  memory?: boolean
  /** Keep everything in this engine; in place of `dataDir` and `memory`. */
  engine?: Engine
  /** A world to bring in: a file's path, or a world itself. The demo world for a new data directory when absent; null for none. */
  world?: string | World | null
  /** Called while a world is brought in, with the number of messages so far and in all. */
  onProgress?: (progress: WorldProgress) => void
  /** 0 takes any free port for each listener that no port was named for. */
  ports?: 0
  /** Takes the events of the server, in place of standard error. */
  log?: Log
  /** Wall clock in milliseconds since 1970, in place of the system's. */
  clock?: () => number
  /** Fills bytes with random numbers, in place of the system's. Not for servers that others can reach. */
  random?: (bytes: Uint8Array) => Uint8Array
}

export interface RopewalkServer extends Listening {
  /** Names of the users; passwords of demo users only. */
  readonly users: readonly { address: string; password?: string }[]
  /** Lets a script that can read the server's file administer the server. */
  readonly adminToken: string
  /** Adds, changes and removes users and other entries of the directory, with their mailboxes. */
  readonly administration: Administration
  /** Makes messages arrive in mailboxes. */
  readonly delivery: Delivery
  readonly mailboxes: Mailboxes
  readonly directory: Directory
  readonly emsmdb: Emsmdb
  /** Finishes what is in flight, closes the store. */
  stop(): Promise<void>
}

/** The world that a new data directory gets, four folders above this file when compiled. */
export const demoWorldFile = join(import.meta.dirname, '..', '..', 'src', 'world', 'demo.yaml')

/** Starts a server; resolves when it is ready. Rejects with WorldError, StoreLocked, or what the operating system says. */
export async function startServer(options: StartOptions = {}): Promise<RopewalkServer> {
  const { dataDir, memory, engine, log: given, world, ports, clock, random, onProgress, ...settings } = options
  const config = parseConfig({ ...settings, ...portsOf(settings, ports), ...(dataDir && { dataDir }) })
  const runtime = runtimeOf(clock, random)
  const log = given ?? createLog({ level: config.logLevel, format: config.logFormat, runtime })
  const kept = memory === true ? new MemoryEngine() : engine
  const objects = await openObjects(config, kept)
  try {
    const chosen = chooseWorld(world, objects)
    const personality = settings.personality ?? chosen?.personality ?? personalityOfWorlds(objects.store)
    const told =
      personality === undefined ? config : { ...config, personality: parseConfig({ personality }).personality }
    const directoryOfData = kept === undefined ? config.dataDir : undefined
    return await startOver(objects, told, runtime, log, chosen, onProgress, directoryOfData)
  } catch (error) {
    await objects.close().catch(() => {})
    throw error
  }
}

/** Who wants any free port for HTTP runs several servers: the TLS port of all of them cannot be the same one. */
function portsOf({ httpPort, httpsPort }: StartOptions, ports: StartOptions['ports']): Partial<Config> {
  if (ports !== undefined && ports !== 0)
    throw new Error('setting ports: only 0 fits every listener; others are httpPort and httpsPort')
  const free = ports ?? (httpPort === 0 ? 0 : undefined)
  return { httpPort: httpPort ?? free, httpsPort: httpsPort === undefined ? free : httpsPort }
}

function runtimeOf(clock: StartOptions['clock'], random: StartOptions['random']): Runtime {
  return customRuntime({ now: clock ?? systemRuntime.now, random: random ?? systemRuntime.random })
}

async function openObjects(config: Config, engine: Engine | undefined): Promise<ObjectStore> {
  const options = { durability: config.durability }
  if (engine !== undefined) return openStore(engine, options)
  mkdirSync(config.dataDir, { recursive: true })
  return openStoreDirectory(join(config.dataDir, 'store'), options)
}

async function startOver(
  objects: ObjectStore,
  config: Config,
  runtime: Runtime,
  log: Log,
  world: World | null,
  onProgress: StartOptions['onProgress'],
  dataDir: string | undefined
): Promise<RopewalkServer> {
  const personality = personalities[config.personality]
  const directory = await Directory.open(objects.store, runtime, world?.organization)
  directory.serverNames = namesOfServer(config)
  const authenticator = await openAuthenticator(objects, directory, config, runtime, log, dataDir)
  const ownerOf = (number: number) => directory.byMailboxNumber(number)
  const cacheBytes = config.cacheMiB << 20
  const shared = { objects, runtime, personality, people: directory, limits: mailboxLimitsOf(config) }
  const mailboxes = new Mailboxes({ ...shared, cacheBytes, ownerOf })
  const { credentials } = authenticator
  const worldTarget = { objects, directory, mailboxes, credentials, log }
  if (world !== null) await applyWorld(world, { ...worldTarget, isAlone: true, onProgress })
  const emsmdb = openEmsmdb(directory, mailboxes, { personality, runtime, log })
  const parts = { ...{ objects, directory, mailboxes, credentials, runtime, log, emsmdb }, localeIdOf: findLocaleId }
  const { administration, lifecycle } = openAdministration(parts)
  await lifecycle.resume()
  const recovery = recoveryOf(parts, lifecycle)
  const { serverName, publicUrl } = config
  const around = { directory, personality, runtime, serverName, log }
  const mapiHttp = openMapiHttp({ ...around, emsmdb }, config)
  const autodiscover = new AutodiscoverEndpoint({
    ...{ ...around, publicUrl, anonymous: config.anonymousAutodiscover, authSchemes: config.authSchemes }
  })
  const adminToken = Buffer.from(runtime.random(new Uint8Array(24))).toString('base64url')
  const admin = openAdminFront({
    ...{ token: adminToken, parts, administration },
    applyWorld: text => applyWorldText(text, world => applyWorld(world, worldTarget)).finally(mapiHttp.prepare),
    connections: () => http.connectionCount,
    contexts: () => mapiHttp.contextCount
  })
  const http: HttpServer = new HttpServer({
    ...{ runtime, log },
    limits: httpLimits(config),
    routes: [...mapiHttp.routes, ...autodiscover.routes(), ...admin.endpoint.routes()],
    schemes: schemesOf(authenticator, config),
    generation: () => directory.generation,
    current: principal => authenticator.current(principal)
  })
  const listening = await openListeners({ http, config, directory, log, dataDir })
  mapiHttp.prepare()
  return {
    ...listening,
    users: usersOf(directory, objects),
    ...{ adminToken, administration, delivery: admin.delivery, mailboxes, directory, emsmdb },
    stop: once(async () => {
      mapiHttp.shutDown()
      await http.close(config.closeTimeMs)
      mapiHttp.close()
      await emsmdb.close()
      admin.stop()
      await recovery.stop()
      await lifecycle.stop()
      await mailboxes.stop()
      await objects.close()
      log.info('server.stopped')
    })
  }
}

/** Names by which people call this server when they say who has a mailbox. */
function namesOfServer({ serverName, publicUrl }: Config): string[] {
  const published = publicUrl === '' ? [] : [new URL(publicUrl).host, new URL(publicUrl).hostname]
  return [serverName, ...published].map(name => name.toLowerCase())
}

/** What holds for mailboxes that have no limits of their own. */
function mailboxLimitsOf(config: Config): MailboxLimits {
  const bytes = (mebibytes: number | null): number | null => mebibytes && mebibytes * (1 << 20)
  return {
    warningBytes: bytes(config.quotaWarningMiB),
    sendBytes: bytes(config.quotaSendMiB),
    receiveBytes: bytes(config.quotaReceiveMiB),
    sendMessageBytes: bytes(config.maxSendMiB),
    receiveMessageBytes: bytes(config.maxReceiveMiB)
  }
}

function openEmsmdb(
  directory: Directory,
  mailboxes: Mailboxes,
  around: Pick<EmsmdbOptions, 'personality' | 'runtime' | 'log'>
): Emsmdb {
  return new Emsmdb({
    ...{ ...around, ropTable },
    isAdministrator: ({ guid }) => directory.byGuid(guid)?.roles.includes('organizationAdministrator') === true,
    publicFolders: publicFoldersOf(directory),
    redirect: (mailbox, session) => rightServer(directory, mailbox, session),
    findMailbox: legacyDn => {
      const principal = directory.byLegacyDn(legacyDn)
      return principal === undefined ? undefined : mailboxes.find(principal.mailboxNumber)
    }
  })
}

/**
 * DN of the server that a session should have spoken to for a mailbox. Since Exchange 2013 each mailbox is, to clients, a server of its
 * own, named in the URL: a session that came by the name of another mailbox is at the wrong one, as it is when another server has
 * the mailbox. Public folders are open to sessions of all mailboxes here.
 */
function rightServer(directory: Directory, mailbox: Mailbox, session: EmsmdbSession): string | undefined {
  const principal = directory.byMailboxNumber(mailbox.number)
  if (principal === undefined) return undefined
  const { serverMailboxGuid } = session
  const isNamed = serverMailboxGuid === undefined || serverMailboxGuid === principal.mailboxGuid
  const isHere = directory.otherHome(principal) === undefined && (isNamed || mailbox.storeKind === 'public')
  return isHere ? undefined : directory.serverDn(principal)
}

/** Where public folders are, looked up again only when the directory has changed. */
function publicFoldersOf(directory: Directory): NonNullable<EmsmdbOptions['publicFolders']> {
  let generation = -1
  let stores: ReturnType<NonNullable<EmsmdbOptions['publicFolders']>> = []
  return () => {
    if (generation !== directory.generation) {
      const found = directory.publicFolderMailbox()
      stores = found === undefined ? [] : [{ legacyDn: found.legacyDn, serverDn: directory.serverDn(found) }]
      generation = directory.generation
    }
    return stores
  }
}

/** After a failure of the store sessions end, and what is in memory is read again; what was begun goes on. */
function recoveryOf(
  { objects, runtime, log, emsmdb, directory }: AdministrationParts & { emsmdb: Emsmdb },
  lifecycle: MailboxLifecycle
): StoreRecovery {
  return new StoreRecovery({
    ...{ objects, runtime, log },
    forget: () => void emsmdb.endSessions('store'),
    reload: async () => {
      await directory.reload()
      await lifecycle.resume()
    }
  })
}

/** A world that comes as text. */
async function applyWorldText(
  { text, checkOnly }: WorldText,
  apply: (world: World) => Promise<WorldReport>
): Promise<WorldOutcome> {
  try {
    const world = await parseWorldApart(text)
    if (checkOnly) return { ok: true, report: { world: world.name, checked: true } }
    return { ok: true, report: { checked: false, ...(await apply(world)) } }
  } catch (error) {
    // The directory may refuse what no look at the text alone can find.
    if (!(error instanceof WorldError)) throw error
    return { ok: false, problems: error.places }
  }
}

/** Secrets are sealed under a key of the data directory, or of the engine where there is none. */
async function openAuthenticator(
  { store }: ObjectStore,
  directory: Directory,
  config: Config,
  runtime: Runtime,
  log: Log,
  dataDir: string | undefined
): Promise<Authenticator> {
  const { serverName, lmCompatibilityLevel, replaceSecretKey } = config
  const key = await openSecretKey(store, { dataDir: dataDir ?? null, runtime, replaceLost: replaceSecretKey, log })
  const credentials = new Credentials(runtime, { key, log })
  return new Authenticator(directory, runtime, { credentials, serverName, lmCompatibilityLevel, log })
}

function schemesOf(authenticator: Authenticator, { authSchemes, serverName }: Config): AuthScheme[] {
  return authSchemes.map(name => (name === 'ntlm' ? authenticator.ntlmScheme() : authenticator.basicScheme(serverName)))
}

/** The world that was asked for; the demo world when nothing was and the store is new. */
function chooseWorld(chosen: StartOptions['world'], { store }: ObjectStore): World | null {
  if (chosen === null) return null
  if (chosen === undefined) return hasWorld(store) ? null : readWorld(demoWorldFile)
  return typeof chosen === 'string' ? readWorld(chosen) : chosen
}

/** Everybody in the directory; the demo world's users with the passwords that stand in its file. */
function usersOf(directory: Directory, { store }: ObjectStore): { address: string; password?: string }[] {
  const demo = new Map<string, string>()
  if (existsSync(demoWorldFile)) {
    const world = readWorld(demoWorldFile)
    const people = [...world.users, ...world.sharedMailboxes].filter(({ disabled }) => !disabled)
    if (hasWorld(store, world.name)) {
      for (const { address, password } of people) if (password !== undefined) demo.set(address.toLowerCase(), password)
    }
  }
  return directory.principals().map(({ address }) => {
    const password = demo.get(address)
    return password === undefined ? { address } : { address, password }
  })
}

/** Lets `work` administer a data directory that no server uses. */
export function administerDataDir<T>(
  dataDir: string,
  work: (administration: Administration) => Promise<T>,
  log: Log = silentLog
): Promise<T> {
  return withDataDir(dataDir, log, undefined, ({ administration }) => work(administration))
}

/** Applies a world to a data directory that no server uses; made when it is missing. */
export function applyWorldToDataDir(
  dataDir: string,
  world: World,
  { log = silentLog, onProgress }: Pick<StartOptions, 'log' | 'onProgress'> = {}
): Promise<WorldReport> {
  return withDataDir(dataDir, log, world.organization, ({ worldTarget }) =>
    applyWorld(world, { ...worldTarget, isAlone: true, onProgress })
  )
}

async function withDataDir<T>(
  dataDir: string,
  log: Log,
  organization: string | undefined,
  work: (open: { administration: Administration; worldTarget: WorldTarget }) => Promise<T>
): Promise<T> {
  const config = parseConfig({ dataDir })
  const runtime = systemRuntime
  const objects = await openObjects(config, undefined)
  try {
    const directory = await Directory.open(objects.store, runtime, organization)
    const { credentials } = await openAuthenticator(objects, directory, config, runtime, log, dataDir)
    const ownerOf = (number: number) => directory.byMailboxNumber(number)
    const personality = personalities[config.personality]
    const mailboxes = new Mailboxes({ objects, runtime, personality, ownerOf, people: directory })
    const worldTarget = { objects, directory, mailboxes, credentials, log }
    const { administration, lifecycle } = openAdministration({ ...worldTarget, runtime, localeIdOf: findLocaleId })
    await lifecycle.resume()
    const result = await work({ administration, worldTarget })
    await lifecycle.whenIdle()
    await mailboxes.stop()
    return result
  } finally {
    await objects.close()
  }
}

/** Checks a data directory that no server uses. */
export async function checkDataDir(dataDir: string): Promise<CheckResult> {
  const objects = await openStoreDirectory(join(dataDir, 'store'))
  try {
    const directory = await Directory.open(objects.store, systemRuntime)
    const personality = personalities[parseConfig().personality]
    const ownerOf = (number: number) => directory.byMailboxNumber(number)
    const around = { objects, runtime: systemRuntime, personality, ownerOf, isReadOnly: true }
    return await checkStore(objects, new Mailboxes(around))
  } finally {
    await objects.close()
  }
}

function once(work: () => Promise<void>): () => Promise<void> {
  let running: Promise<void> | undefined
  return () => {
    running ??= work()
    return running
  }
}
