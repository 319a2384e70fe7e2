/** A recorded session, whatever files it was read from. */

/** One HTTP message body with its headers, as far as they are known. */
export interface RecordedMessage {
  /** Name of the file, for people. */
  readonly file: string
  readonly bytes: Buffer
  /** In the order of the wire; empty where they are not recorded. */
  readonly headers: readonly (readonly [name: string, value: string])[]
}

export interface RecordedExchange {
  /** Number and name, e.g. `09-execute-hierarchy`: unique within its session. */
  readonly name: string
  /** X-RequestType; as the file name says it where no header is recorded. */
  readonly type: string
  readonly url: string | undefined
  /** HTTP status of the answer. */
  readonly status: number | undefined
  /** Undefined when its bytes are not recorded. */
  readonly request: RecordedMessage | undefined
  readonly response: RecordedMessage | undefined
  /** Sizes that are known of bodies without bytes. */
  readonly requestBytes: number | undefined
  readonly responseBytes: number | undefined
}

/** The user whose session it is, as the recorded server knew him. */
export interface RecordedUser {
  readonly address?: string
  readonly legacyDn?: string
  readonly displayName?: string
}

export interface RecordedSession {
  /** The folder or file that it was read from. */
  readonly source: string
  readonly exchanges: readonly RecordedExchange[]
  /** Who, when, how made, as `key: value` for people. */
  readonly facts: readonly (readonly [name: string, value: string])[]
  readonly user: RecordedUser
  /** Fields that may differ in a replay of this session beyond those that may in any, with the reason. */
  readonly mayDiffer: readonly { path: string; why: string }[]
}

/** A recording that cannot be read, with what to do about it. */
export class CaptureError extends Error {
  constructor(
    message: string,
    readonly hint?: string
  ) {
    super(message)
    this.name = 'CaptureError'
  }
}
