import type { RopFigures } from '../../emsmdb/rop-metrics.js'
import { errorName } from '../../oxcdata/error-code.js'
import type { MetricFamily, Sample } from './prometheus.js'

/** Counters of the ROPs as metrics: calls, failures by ReturnValue, latency in seconds. */
export function ropMetricFamilies(figures: readonly RopFigures[]): MetricFamily[] {
  return [
    {
      name: 'ropewalk_rop_calls_total',
      type: 'counter',
      help: 'Remote operations executed.',
      samples: figures.map(({ name, calls }) => ({ labels: { rop: name }, value: calls }))
    },
    {
      name: 'ropewalk_rop_errors_total',
      type: 'counter',
      help: 'Remote operations answered with a ReturnValue other than 0.',
      samples: figures.flatMap(({ name, failures }) =>
        Object.entries(failures).map(([code, value]) => ({
          labels: { rop: name, error: errorName(Number(code)) },
          value
        }))
      )
    },
    {
      name: 'ropewalk_rop_too_small_total',
      type: 'counter',
      help: 'Remote operations answered by RopBufferTooSmall.',
      samples: figures.map(({ name, tooSmall }) => ({ labels: { rop: name }, value: tooSmall }))
    },
    {
      name: 'ropewalk_rop_duration_seconds',
      type: 'histogram',
      help: 'Time that remote operations took.',
      samples: figures.flatMap(latencies)
    }
  ]
}

/** Bucket n counts runs below 2^n microseconds; the last one has no bound. */
function latencies({ name, histogram, totalMs, calls }: RopFigures): Sample[] {
  let sum = 0
  const buckets = histogram.map((count, n): Sample => {
    sum += count
    const bound = n === histogram.length - 1 ? '+Inf' : String(2 ** n / 1e6)
    return { suffix: '_bucket', labels: { rop: name, le: bound }, value: sum }
  })
  return [
    ...buckets,
    { suffix: '_sum', labels: { rop: name }, value: totalMs / 1000 },
    { suffix: '_count', labels: { rop: name }, value: calls }
  ]
}
