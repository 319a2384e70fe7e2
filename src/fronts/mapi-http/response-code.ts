/** X-ResponseCode ([MS-OXCMAPIHTTP] 2.2.3.3.3) and what each says to a person. */
export const ResponseCode = {
  success: 0,
  unknownFailure: 1,
  invalidVerb: 2,
  invalidPath: 3,
  invalidHeader: 4,
  invalidRequestType: 5,
  invalidContextCookie: 6,
  missingHeader: 7,
  anonymousNotAllowed: 8,
  tooLarge: 9,
  contextNotFound: 10,
  noPrivilege: 11,
  invalidRequestBody: 12,
  missingCookie: 13,
  reserved: 14,
  invalidSequence: 15,
  endpointDisabled: 16,
  invalidResponse: 17,
  endpointShuttingDown: 18
} as const

export type ResponseCode = (typeof ResponseCode)[keyof typeof ResponseCode]

const NAMES = [
  'Success',
  'Unknown Failure',
  'Invalid Verb',
  'Invalid Path',
  'Invalid Header',
  'Invalid Request Type',
  'Invalid Context Cookie',
  'Missing Header',
  'Anonymous Not Allowed',
  'Too Large',
  'Context Not Found',
  'No Privilege',
  'Invalid Request Body',
  'Missing Cookie',
  'Reserved',
  'Invalid Sequence',
  'Endpoint Disabled',
  'Invalid Response',
  'Endpoint Shutting Down'
] as const

/** A request that is answered with a non-zero X-ResponseCode. An expected outcome, so it carries no stack. */
export class Refusal {
  constructor(
    readonly code: ResponseCode,
    readonly detail: string
  ) {}
}

/** The text/html body that goes with a non-zero code: for a person who reads a trace. `detail` holds nothing from outside. */
export function diagnosticBody(code: number, detail: string): Buffer {
  const name = NAMES[code] ?? 'Failure'
  return Buffer.from(
    `<html><head><title>X-ResponseCode: ${code}</title></head><body><h1>${name} (${code})</h1><p>${detail}</p></body></html>\r\n`,
    'latin1'
  )
}
