import { test } from 'tap'
import { discover } from '../../src/client/autodiscover.js'
import { startServer } from '../../src/index.js'

test('Autodiscover without credentials is a setting, and off', async t => {
  for (const anonymousAutodiscover of [undefined, true]) {
    const server = await startServer({
      ...{ memory: true, ports: 0, httpsPort: null, world: null, logLevel: 'silent' },
      ...(anonymousAutodiscover && { anonymousAutodiscover })
    })
    t.teardown(() => server.stop())
    const alice = await server.directory.add({ address: 'alice@example.com', displayName: 'Alice' })
    const asking = discover({ host: '127.0.0.1', port: Number(new URL(server.urls.http).port) }, alice.address)
    if (anonymousAutodiscover) t.match(await asking, { legacyDn: alice.legacyDn })
    else await t.rejects(asking, { message: 'the server refused the credentials' })
  }
})
