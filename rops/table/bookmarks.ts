import type { TableView } from '../../src/mailbox/domain.js'
import { ErrorCode } from '../../src/oxcdata/error-code.js'
import { MapiError } from '../../src/oxcdata/map-error.js'

const MARKED: readonly TableView['source'][] = ['contents', 'hierarchy']

/** Only contents and hierarchy tables have bookmarks ([MS-OXCTABL] R512, R529, R551). */
export function demandBookmarks(table: TableView): void {
  if (!MARKED.includes(table.source)) throw new MapiError(ErrorCode.ecNotSupported)
}
