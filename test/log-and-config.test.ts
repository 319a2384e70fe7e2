import { test } from 'tap'
import { describeSettings, parseConfig } from '../src/config.js'
import { createLog, silentLog } from '../src/log.js'
import { customRuntime } from '../src/runtime.js'

const runtime = customRuntime({ now: () => Date.UTC(2026, 10, 25, 3, 5, 7, 89) })

test('lines for machines and for people', async t => {
  const lines: string[] = []
  const json = createLog({ level: 'debug', format: 'json', write: line => void lines.push(line), runtime })
  json.child({ session: 's1' }).debug('emsmdb.executed', { rops: 3 })
  json.trace('not.written')
  t.equal(lines.length, 1)
  t.same(JSON.parse(lines[0]), {
    level: 'debug',
    time: '2026-11-25T03:05:07.089Z',
    session: 's1',
    rops: 3,
    event: 'emsmdb.executed'
  })
  t.ok(json.enabled('debug'))
  t.notOk(json.enabled('trace'))
  lines.length = 0
  const pretty = createLog({ write: line => void lines.push(line), runtime })
  pretty.info('http.listening', { host: '127.0.0.1', port: 8080, note: 'two words' })
  pretty.error('broken', { error: new TypeError('why') })
  t.equal(lines[0], '2026-11-25T03:05:07.089Z info  http.listening  host=127.0.0.1 port=8080 note="two words"\n')
  t.match(lines[1], /^2026-11-25T03:05:07\.089Z error broken\nTypeError: why\n +at /)
  t.equal(createLog({ level: 'silent' }), silentLog)
  t.notOk(silentLog.child({}).enabled('error'))
})

test('settings', async t => {
  const config = parseConfig()
  t.match(config, {
    host: '127.0.0.1',
    httpPort: 8080,
    durability: 'power',
    cacheMiB: 256,
    compressResponses: false,
    headLimitBytes: 65536
  })
  t.match(
    parseConfig({ httpPort: '0', compressResponses: 'true' }),
    { httpPort: 0, compressResponses: true },
    'from a command line'
  )
  t.match(parseConfig({ quotaSendMiB: '5', quotaReceiveMiB: 'off' }), { quotaSendMiB: 5, quotaReceiveMiB: null })
  t.throws(() => parseConfig({ quotaSendMiB: 'much' }), /setting quotaSendMiB: must be a number of MiB, or off/)
  t.throws(() => parseConfig({ httpPort: 70000, durability: 'none' }), /setting httpPort: .*; setting durability: /)
  t.throws(() => parseConfig({ nonsense: 1 } as never), /nonsense/)
  const described = describeSettings()
  t.equal(described.length, Object.keys(config).length)
  for (const { name, unit, description, fallback } of described) {
    t.ok(unit.length > 0 && description.endsWith('.'), name)
    t.same(fallback, config[name], `${name}: the default is the one that is described`)
  }
})
