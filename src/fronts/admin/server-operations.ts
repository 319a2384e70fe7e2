import { z } from 'zod'
import { errorName } from '../../oxcdata/error-code.js'
import type { AdminServices } from './admin-services.js'
import { answers, type Operation, operation } from './operation.js'
import { formatPrometheus, type MetricFamily, PROMETHEUS_TEXT } from './prometheus.js'
import { ropMetricFamilies } from './rop-metric-families.js'

const group = 'Server'
const count = z.number().int().min(0)

const healthSchema = z
  .strictObject({
    status: z.enum(['ok', 'failed']).describe('failed: the store does not work, and is being opened again'),
    version: z.string(),
    uptimeSeconds: z.number().min(0),
    store: z.strictObject({
      status: z.enum(['ok', 'failed']),
      failure: z.string().nullable(),
      durability: z.string(),
      commits: count.describe('Made since the start'),
      commitsOnDisk: count
    }),
    sessions: count.describe('Sessions of mailbox clients'),
    contexts: count.describe('MAPI/HTTP session contexts'),
    connections: count.describe('Connections of any HTTP client'),
    entries: count.describe('Objects of the directory'),
    memory: z.strictObject({ residentBytes: count, heapUsedBytes: count, heapTotalBytes: count, externalBytes: count }),
    eventLoopDelay: z
      .strictObject({ meanMs: z.number().min(0), longestMs: z.number().min(0) })
      .describe('How long others had to wait, in the last one to two minutes')
  })
  .meta({ id: 'Health' })
type Health = z.infer<typeof healthSchema>

const ropSchema = z
  .strictObject({
    name: z.string(),
    calls: count,
    errors: z.record(z.string(), count).describe('Calls with a ReturnValue other than 0, by its name'),
    tooSmall: count.describe('Calls answered by RopBufferTooSmall'),
    totalMs: z.number().min(0),
    longestMs: z.number().min(0),
    histogram: z.array(count).describe('Calls that took less than 2^n microseconds and at least 2^(n-1), by n')
  })
  .meta({ id: 'RopFigures' })

export const serverOperations: readonly Operation[] = [
  operation({
    method: 'GET',
    path: '/admin/health',
    id: 'getHealth',
    group,
    summary: 'How the server is',
    description: 'With the details that `/healthz`, which needs no token, does not tell.',
    responses: {
      200: answers('The server is well', healthSchema),
      503: answers('The store has failed', healthSchema)
    },
    handle({ services }) {
      const health = healthOf(services)
      return { status: health.status === 'ok' ? 200 : 503, body: health }
    }
  }),
  operation({
    method: 'GET',
    path: '/admin/metrics',
    id: 'getMetrics',
    group,
    summary: 'Counters and latencies per ROP',
    description: 'As JSON, or for Prometheus as text/plain: the Accept header decides.',
    responses: {
      200: {
        description: 'What was counted since the start',
        content: { 'application/json': z.strictObject({ rops: z.array(ropSchema) }), [PROMETHEUS_TEXT]: z.string() }
      }
    },
    handle({ accepts, services }) {
      const figures = services.emsmdb.metrics.snapshot()
      if (accepts === PROMETHEUS_TEXT) {
        const body = formatPrometheus([...ropMetricFamilies(figures), ...gauges(services)])
        return { status: 200, body, contentType: `${PROMETHEUS_TEXT}; version=0.0.4; charset=utf-8` }
      }
      const rops = figures.map(({ failures, ...figure }) => ({ ...figure, errors: byName(failures) }))
      return { status: 200, body: { rops } }
    }
  })
]

function byName(failures: Readonly<Record<number, number>>): Record<string, number> {
  return Object.fromEntries(Object.entries(failures).map(([code, value]) => [errorName(Number(code)), value]))
}

function healthOf({ facts, runtime, emsmdb, directory, loopDelay }: AdminServices): Health {
  const failure = facts.storeFailure() ?? null
  const status = failure === null ? 'ok' : 'failed'
  const { durable, made } = facts.commits()
  const { rss, heapUsed, heapTotal, external } = process.memoryUsage()
  return {
    status,
    version: facts.version,
    uptimeSeconds: Math.round(runtime.monotonic() - facts.startedMs) / 1000,
    store: { status, failure, durability: facts.durability, commits: made, commitsOnDisk: durable },
    sessions: emsmdb.sessionCount,
    contexts: facts.contexts(),
    connections: facts.connections(),
    entries: directory.size,
    memory: { residentBytes: rss, heapUsedBytes: heapUsed, heapTotalBytes: heapTotal, externalBytes: external },
    eventLoopDelay: loopDelay()
  }
}

function gauges(services: AdminServices): MetricFamily[] {
  const { uptimeSeconds, sessions, contexts, connections, entries, store, memory } = healthOf(services)
  const gauge = (name: string, help: string, value: number): MetricFamily => ({
    name: `ropewalk_${name}`,
    type: 'gauge',
    help,
    samples: [{ value }]
  })
  return [
    gauge('up', '1 while the store works.', store.status === 'ok' ? 1 : 0),
    gauge('uptime_seconds', 'Time since the start.', uptimeSeconds),
    gauge('sessions', 'Sessions of mailbox clients.', sessions),
    gauge('contexts', 'MAPI/HTTP session contexts.', contexts),
    gauge('connections', 'Connections of HTTP clients.', connections),
    gauge('directory_entries', 'Objects of the directory.', entries),
    gauge('resident_memory_bytes', 'Memory of the process.', memory.residentBytes),
    gauge('heap_used_bytes', 'Memory of JavaScript objects.', memory.heapUsedBytes)
  ]
}
