import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'

/** Recorded traffic that lies beside a checkout; tests skip, and say so, where it is absent. */
export const OUTLOOK_FOLDER = join('..', 'shared', 'captures', '03-mapi-http')
const EXCHANGE_FOLDER = join('..', 'shared', 'captures', '17-exchange-se', 'fixtures', 'exchange-se')

export const absent = existsSync(OUTLOOK_FOLDER) ? false : 'the recorded traffic is not beside this checkout'

/** A folder for each recorded session. */
export function recordedFolders(): string[] {
  if (absent) return []
  return [OUTLOOK_FOLDER, ...readdirSync(EXCHANGE_FOLDER).map(name => join(EXCHANGE_FOLDER, name))]
}

export function exchangeFolder(scenario: string): string {
  return join(EXCHANGE_FOLDER, scenario)
}
