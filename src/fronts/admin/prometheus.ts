/**
 * The text format of Prometheus (version 0.0.4) over our own counters. They are kept in flat arrays that cost a few additions
 * a ROP; a metrics library would want to count everything a second time, in registries and buckets of its own.
 */

/** A sample: labels and value. `name` where it is not that of the family (a histogram's). */
export interface Sample {
  readonly suffix?: string
  readonly labels?: Readonly<Record<string, string>>
  readonly value: number
}

export interface MetricFamily {
  readonly name: string
  readonly type: 'counter' | 'gauge' | 'histogram'
  readonly help: string
  readonly samples: readonly Sample[]
}

export const PROMETHEUS_TEXT = 'text/plain'

export function formatPrometheus(families: readonly MetricFamily[]): string {
  return families.map(formatFamily).join('')
}

function formatFamily({ name, type, help, samples }: MetricFamily): string {
  const head = `# HELP ${name} ${help.replaceAll('\\', '\\\\').replaceAll('\n', '\\n')}\n# TYPE ${name} ${type}\n`
  return (
    head +
    samples.map(sample => `${name}${sample.suffix ?? ''}${labelsOf(sample)} ${numberText(sample.value)}\n`).join('')
  )
}

function labelsOf({ labels = {} }: Sample): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${escaped(value)}"`)
  return pairs.length === 0 ? '' : `{${pairs.join(',')}}`
}

function escaped(value: string): string {
  return value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')
}

function numberText(value: number): string {
  if (value === Number.POSITIVE_INFINITY) return '+Inf'
  return String(value)
}
