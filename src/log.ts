import { pino } from 'pino'
import { type Runtime, systemRuntime } from './runtime.js'

export type LogLevel = 'silent' | 'error' | 'warn' | 'info' | 'debug' | 'trace'
export type LogFormat = 'pretty' | 'json'
export type LogFields = Record<string, unknown>

/**
 * Structured events: a fixed name (`http.refused`, `auth.failed`) and fields, so that a log can be counted and searched.
 * Passwords, cookies, message contents and Authorization headers never enter it.
 */
export interface Log {
  error(event: string, fields?: LogFields): void
  warn(event: string, fields?: LogFields): void
  info(event: string, fields?: LogFields): void
  debug(event: string, fields?: LogFields): void
  trace(event: string, fields?: LogFields): void
  /** True when events of this level are written; ask before building costly fields. */
  enabled(level: LogLevel): boolean
  /** A log that adds these fields to each of its events. */
  child(fields: LogFields): Log
}

export interface LogOptions {
  level?: LogLevel
  /** `json`: one object a line; `pretty`: one line for a person. */
  format?: LogFormat
  /** Where finished lines go; standard error unless said. */
  write?: (line: string) => void
  runtime?: Runtime
}

const nothing = () => {}

/** Drops everything: for tests and for parts that are used outside a server. */
export const silentLog: Log = {
  error: nothing,
  warn: nothing,
  info: nothing,
  debug: nothing,
  trace: nothing,
  enabled: () => false,
  child: () => silentLog
}

export function createLog(options: LogOptions = {}): Log {
  const level = options.level ?? 'info'
  if (level === 'silent') return silentLog
  const runtime = options.runtime ?? systemRuntime
  const sink = options.write ?? ((line: string) => void process.stderr.write(line))
  const write = options.format === 'json' ? sink : (line: string) => sink(prettyLine(line))
  const logger = pino(
    {
      level,
      base: null,
      messageKey: 'event',
      timestamp: () => `,"time":"${new Date(runtime.now()).toISOString()}"`,
      formatters: { level: label => ({ level: label }) },
      serializers: { error: serializeError }
    },
    { write }
  )
  return wrap(logger)
}

function wrap(logger: pino.Logger): Log {
  return {
    error: (event, fields = {}) => logger.error(fields, event),
    warn: (event, fields = {}) => logger.warn(fields, event),
    info: (event, fields = {}) => logger.info(fields, event),
    debug: (event, fields = {}) => logger.debug(fields, event),
    trace: (event, fields = {}) => logger.trace(fields, event),
    enabled: level => logger.isLevelEnabled(level),
    child: fields => wrap(logger.child(fields))
  }
}

/** An error is its name, message and stack: enough to find it, and nothing that a request may have carried along. */
function serializeError(error: unknown): unknown {
  if (!(error instanceof Error)) return String(error)
  return { name: error.name, message: error.message, stack: error.stack }
}

/** `2026-01-02T03:04:05.678Z info  http.listening  host=127.0.0.1 port=8080`; a stack follows on lines of its own. */
function prettyLine(line: string): string {
  const { time, level, event, ...fields } = JSON.parse(line) as Record<string, unknown>
  let stack = ''
  const words: string[] = []
  for (const [name, value] of Object.entries(fields)) {
    const error = name === 'error' ? (value as { stack?: string; message?: string } | null) : null
    if (error?.stack !== undefined) stack = `\n${error.stack}`
    else words.push(`${name}=${typeof value === 'string' && /^[^\s"=]+$/.test(value) ? value : JSON.stringify(value)}`)
  }
  return `${time} ${String(level).padEnd(5)} ${event}${words.length === 0 ? '' : `  ${words.join(' ')}`}${stack}\n`
}
