import type { Folder } from '../../src/mailbox/domain.js'
import { ErrorCode } from '../../src/oxcdata/error-code.js'
import { MapiError } from '../../src/oxcdata/map-error.js'
import type { Personality } from '../../src/personality.js'

/**
 * ecNotSupported for public folders where the version does not copy or empty them ([MS-OXCFOLD] R19702001, R19703001, R97501001,
 * R98301001; notes <5>, <7> and <8>).
 */
export function demandPrivate({ personality }: { personality: Personality }, ...folders: readonly Folder[]): void {
  if (personality.publicFoldersAreCopiedAndEmptied) return
  if (folders.some(({ mailbox }) => mailbox.storeKind === 'public')) throw new MapiError(ErrorCode.ecNotSupported)
}
