import type { Test } from 'tap'
import { Authenticator, type AuthenticatorOptions, type AuthScheme } from '../../src/auth/index.js'
import { parseConfig } from '../../src/config.js'
import { Directory } from '../../src/directory/index.js'
import { HttpServer, httpLimits, type Route } from '../../src/fronts/http/index.js'
import { customRuntime, newGuid, type Runtime, systemRuntime } from '../../src/runtime.js'
import { MemoryEngine, Store } from '../../store/index.js'

/** A clock that a test can move on. */
export interface TestClock {
  readonly runtime: Runtime
  pass(ms: number): void
}

export function testClock(): TestClock {
  let offset = 0
  return {
    runtime: customRuntime({
      monotonic: () => systemRuntime.monotonic() + offset,
      now: () => systemRuntime.now() + offset
    }),
    pass(ms) {
      offset += ms
    }
  }
}

/** A directory with Alice, whose password is `pass:wörd`, Bob, who has `secret`, and a room that nobody can log on as. */
export async function authWorld(options: AuthenticatorOptions = {}) {
  const { runtime, pass } = testClock()
  const directory = await Directory.open(new Store(new MemoryEngine()), runtime)
  const authenticator = new Authenticator(directory, runtime, { passwordCost: 16, ...options })
  const add = async (address: string, password: string | null) => {
    const guid = newGuid(runtime)
    const secret = password === null ? null : await authenticator.credentials.make(password, guid)
    return directory.add({ address, displayName: address.split('@')[0], guid, secret })
  }
  const alice = await add('alice@example.com', 'pass:wörd')
  const bob = await add('bob@example.com', 'secret')
  await add('room@example.com', null)
  return { runtime, pass, directory, authenticator, add, alice, bob }
}

export type AuthWorld = Awaited<ReturnType<typeof authWorld>>

/**
 * An HTTP server with places that say whom they take the client for: `/who` wants credentials, `/maybe` looks at those that
 * come, `/open` at none.
 */
export async function whoServer(t: Test, world: AuthWorld, schemes: readonly AuthScheme[]): Promise<number> {
  const route = (path: string, authenticate: Route['authenticate']): Route => ({
    path,
    authenticate,
    bodyLimitBytes: 1 << 20,
    methods: ['GET', 'POST'],
    handle: (request, response) => {
      const who = request.principal?.displayName ?? 'nobody'
      response.header('Content-Type', 'text/plain').send(`${who} ${request.body.length}\n`)
    }
  })
  const http = new HttpServer({
    runtime: world.runtime,
    limits: httpLimits(parseConfig()),
    routes: [route('/who', true), route('/maybe', 'optional'), route('/open', false)],
    schemes,
    generation: () => world.directory.generation,
    current: principal => world.authenticator.current(principal)
  })
  const port = await http.listen(0, '127.0.0.1')
  t.teardown(() => http.close(100))
  return port
}

export function bothSchemes({ authenticator }: AuthWorld): AuthScheme[] {
  return [authenticator.ntlmScheme(), authenticator.basicScheme('test')]
}
