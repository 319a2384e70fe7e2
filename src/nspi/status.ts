import { ErrorCode } from '../oxcdata/error-code.js'
import { MapiError } from '../oxcdata/map-error.js'

/** Return values of the methods, by the names of [MS-OXNSPI] 2.2.1.2. */
export const NspiStatus = {
  success: ErrorCode.ecNone,
  errorsReturned: ErrorCode.ecWarnWithErrors,
  generalFailure: ErrorCode.ecError,
  notSupported: ErrorCode.ecNotSupported,
  outOfResources: ErrorCode.ecInsufficientResrc,
  invalidObject: ErrorCode.ecInvalidObject,
  notFound: ErrorCode.ecNotFound,
  tooComplex: ErrorCode.MAPI_E_TOO_COMPLEX,
  invalidCodepage: ErrorCode.MAPI_E_UNKNOWN_CPID,
  invalidLocale: ErrorCode.MAPI_E_UNKNOWN_LCID,
  tableTooBig: ErrorCode.MAPI_E_TABLE_TOO_BIG,
  invalidBookmark: ErrorCode.MAPI_E_INVALID_BOOKMARK,
  accessDenied: ErrorCode.ecAccessDenied,
  invalidParameter: ErrorCode.ecInvalidParam
} as const

export type NspiStatusName = keyof typeof NspiStatus

/** Ends a method with a return value that is not success; the detail is for logs. */
export function fail(status: NspiStatusName, detail: string): never {
  throw new MapiError(NspiStatus[status], detail)
}
