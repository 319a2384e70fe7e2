/**
 * How a ROP is declared and what it may see. One row states id, name, handle layout, accepted object kinds, request and
 * response layouts and the handler; parsing, handle checks, framing, errors, metrics, traces, fuzzing and coverage gates
 * are derived from the row. `emsmdb` implements `RopCall` and imports the table.
 */

import type { Infer, Layout, Writer } from '../src/bufferstructs/index.js'
import type {
  Actor,
  Attachment,
  Folder,
  Mailbox,
  Maybe,
  Message,
  PerUserUpload,
  Stream,
  TableView
} from '../src/mailbox/domain.js'
import type { Watch } from '../src/mailbox/watch.js'
import type { Personality } from '../src/personality.js'
import type { Runtime } from '../src/runtime.js'

/** The logon object: a mailbox opened by an actor. */
export interface Logon {
  readonly kind: 'logon'
  readonly id: number
  readonly isPublic: boolean
  readonly mailbox: Mailbox
  /** Whose rights count. */
  readonly actor: Actor
  readonly logonFlags: number
  readonly openFlags: number
  /** What RopWritePerUserInformation has taken so far. */
  perUserUpload?: PerUserUpload | undefined
  /** Gives up what the logon holds. */
  release?(): void
}

/** A store of public folders: its mailbox and the server that it is on, by their legacy DNs. */
export interface PublicFolderStore {
  readonly legacyDn: string
  readonly serverDn: string
}

/** Everything a handle may stand for, by kind. */
export interface ServerObjects {
  logon: Logon
  folder: Folder
  message: Message
  attachment: Attachment
  table: TableView
  stream: Stream
  subscription: object
  fastTransferSource: object
  fastTransferDestination: object
  syncDownload: object
  syncUpload: object
}

export type ObjectKind = keyof ServerObjects

/** What the session behind a call offers to a handler. */
export interface RopSession {
  readonly actor: Actor
  /** Code page and locales of Connect ([MS-OXCMAPIHTTP] 2.2.4.1.1). */
  readonly codePage: number
  readonly stringLocaleId: number
  readonly sortLocaleId: number
  /** Client version as three numbers ([MS-OXCRPC] 3.1.4.1.3), [0,0,0] when unknown. */
  readonly clientVersion: readonly [number, number, number]
  /** Finds the mailbox that a legacy DN names, undefined when there is none here. */
  findMailbox(legacyDn: string): Maybe<Mailbox | undefined>
  /** Where public folders are, the store that everybody is to use first; none where the organization has none. */
  publicFolders?(): readonly PublicFolderStore[]
  /** The actor administers the organization: a logon that asks for it may open all of a mailbox. */
  readonly isAdministrator?: boolean
  /** Mailbox of the first logon of the session, undefined before it. */
  readonly firstMailbox?: Mailbox | undefined
  /** Legacy DN of the server that the session should have spoken to for a mailbox; undefined when that is this one ([MS-OXCSTOR] 2.2.1.1.2). */
  redirect?(mailbox: Mailbox): string | undefined
}

export interface RopCall<In extends ObjectKind = ObjectKind, Dest extends ObjectKind = ObjectKind> {
  readonly session: RopSession
  /** The logon that the ROP's LogonId names. Not there during RopLogon. */
  readonly logon: Logon
  readonly mailbox: Mailbox
  readonly actor: Actor
  readonly input: ServerObjects[In]
  readonly inputKind: In
  /** The second handle of a source/destination ROP. */
  readonly destination: ServerObjects[Dest]
  readonly inputHandleIndex: number
  readonly personality: Personality
  readonly runtime: Runtime
  /** Follows the operation of a ROP that may go on after its Execute has been answered. */
  readonly watch: Watch | undefined
  /** Bytes of the output buffer that this ROP's response body may still fill. */
  readonly space: number
  /** Puts an object behind the ROP's output handle. */
  output<K extends ObjectKind>(kind: K, object: ServerObjects[K]): void
  /** RopLogon only: opens a logon under the request's LogonId and puts it behind the output handle. */
  openLogon(logon: Omit<Logon, 'kind' | 'id' | 'perUserUpload' | 'release'>): Logon
}

/** Which handle indexes follow RopId and LogonId in the request, in wire order. */
export type HandleForm = 'input' | 'input output' | 'response input' | 'source destination' | 'output' | 'none'

export interface RopDefinition<Req, Res, In extends ObjectKind, Dest extends ObjectKind> {
  /** Accepted kinds of the input (or source) object; another kind is ecNotSupported. */
  readonly input: readonly In[]
  /** ReturnValue for an input object of another kind where the documents do not say ecNotSupported. */
  readonly wrongKindError?: number
  /** ReturnValue for a released object where the ROP's document does not say ecInvalidObject as [MS-OXCROPS] 3.2.5.4 does. */
  readonly releasedHandleError?: number
  readonly destination?: readonly Dest[]
  /** The destination may be an object of another logon of the session, that is, in another mailbox ([MS-OXCFOLD] 2.2.1.7). */
  readonly destinationOfAnyLogon?: boolean
  /** Kind of the object that the ROP puts behind its output handle. */
  readonly output?: ObjectKind
  /** Wire order of the handle indexes: by default 'input output' when there is an `output`, else 'input'. */
  readonly handles?: HandleForm
  /** Request fields behind the handle indexes. */
  readonly request: Layout<Req>
  /** Response fields behind ReturnValue on success. */
  readonly response: Layout<Res>
  /** Bodies of particular failures, by ReturnValue (the handler throws RopFailure with the body). */
  readonly responseOn?: Readonly<Record<number, Layout<unknown>>>
  /** Set when the success layout is on the wire on failure too; the value that fills it then. */
  readonly responseAlways?: Res
  /** RopId that the response carries where it is not the request's (RopGetMessageStatus). */
  readonly responseId?: number
  /** RopRelease: no response at all, errors included; the processor releases the input handle, whatever it stands for. */
  readonly noResponse?: boolean
  /**
   * 8-bit text of the request reaches the handler as Latin-1, byte for byte: its code page is that of the object
   * (oxcdata/raw-string8.ts).
   */
  readonly rawString8?: boolean
  /** Sent by the server only: no request. */
  readonly serverOriginated?: boolean
  /** The object kinds for which the ROP commits; on others it reads or changes memory only. */
  readonly writes?: readonly ObjectKind[]
  /** RopProgress: asks for the operation of another ROP that goes on in the background, and gives its response in the end. */
  readonly asksForProgress?: boolean
  /** Whether a request lets the operation go on in the background, where RopProgress asks for it ([MS-OXCFOLD] 3.1.5.2). */
  isAsynchronous?(request: Req): boolean
  /** The handler writes the response body itself into the space left, behind a successful ReturnValue. */
  stream?(call: RopCall<In, Dest>, request: Req, body: Writer): Maybe<void>
  /** Absent while the operation is not built: it parses and answers `notBuiltError`. */
  execute?(call: RopCall<In, Dest>, request: Req): Maybe<Res>
  /** ReturnValue of a documented ROP that is not built yet; ecNotImplemented unless its document says otherwise. */
  readonly notBuiltError?: number
}

export interface Rop<
  Req = unknown,
  Res = unknown,
  In extends ObjectKind = ObjectKind,
  Dest extends ObjectKind = ObjectKind
> extends RopDefinition<Req, Res, In, Dest> {
  readonly id: number
  readonly name: string
  readonly handles: HandleForm
}

/** A failure with a body of its own ([MS-OXCROPS]: redirect of RopLogon, null destination of copies). */
export class RopFailure {
  readonly code: number
  readonly body: unknown

  constructor(code: number, body: unknown) {
    this.code = code
    this.body = body
  }
}

/** Declares a ROP. The constant that holds it has the specification's name. */
export function rop<
  // biome-ignore lint/suspicious/noExplicitAny: any layout will do, its value type is inferred from it
  Q extends Layout<any>,
  // biome-ignore lint/suspicious/noExplicitAny: as above
  S extends Layout<any>,
  const In extends ObjectKind,
  const Dest extends ObjectKind = never
>(
  id: number,
  name: string,
  definition: RopDefinition<Infer<Q>, Infer<S>, In, Dest> & { request: Q; response: S }
): Rop<Infer<Q>, Infer<S>, In, Dest> {
  const handles = definition.handles ?? (definition.output === undefined ? 'input' : 'input output')
  // Every row has every field in one order: the processor then reads all rows by the same offsets. The type makes a field
  // that is forgotten here an error.
  type Row = Rop<Infer<Q>, Infer<S>, In, Dest>
  const row: { [K in keyof Required<Row>]: Row[K] } = {
    id,
    name,
    handles,
    input: definition.input,
    wrongKindError: definition.wrongKindError,
    releasedHandleError: definition.releasedHandleError,
    destination: definition.destination,
    destinationOfAnyLogon: definition.destinationOfAnyLogon,
    output: definition.output,
    request: definition.request,
    response: definition.response,
    responseOn: definition.responseOn,
    responseAlways: definition.responseAlways,
    responseId: definition.responseId,
    noResponse: definition.noResponse,
    rawString8: definition.rawString8,
    serverOriginated: definition.serverOriginated,
    writes: definition.writes,
    asksForProgress: definition.asksForProgress,
    isAsynchronous: definition.isAsynchronous,
    stream: definition.stream,
    execute: definition.execute,
    notBuiltError: definition.notBuiltError
  }
  return row
}
