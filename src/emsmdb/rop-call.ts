import type { Logon, ObjectKind, RopCall, ServerObjects } from '../../rops/rop.js'
import type { Writer } from '../bufferstructs/index.js'
import type { Actor, Mailbox } from '../mailbox/domain.js'
import type { Watch } from '../mailbox/watch.js'
import { ErrorCode } from '../oxcdata/error-code.js'
import { MapiError } from '../oxcdata/map-error.js'
import type { Personality } from '../personality.js'
import type { Runtime } from '../runtime.js'
import type { EmsmdbSession } from './session.js'

/**
 * What a handler sees. One object serves all ROPs of an Execute, one after the other: a handler that is done must not
 * hold on to it. What a handler puts out takes effect only when its response has been written.
 */
export class EmsmdbRopCall implements RopCall {
  readonly session: EmsmdbSession
  readonly personality: Personality
  readonly runtime: Runtime
  readonly #writer: Writer

  logonId = 0
  currentLogon: Logon | undefined
  input!: ServerObjects[ObjectKind]
  inputKind!: ObjectKind
  destination!: ServerObjects[ObjectKind]
  inputHandleIndex = 0
  watch: Watch | undefined

  /** What the handler put behind the output handle. */
  outputKind: ObjectKind | undefined
  outputObject: ServerObjects[ObjectKind] | undefined
  /** The logon that RopLogon opened. */
  openedLogon: Logon | undefined

  constructor(session: EmsmdbSession, personality: Personality, runtime: Runtime, writer: Writer) {
    this.session = session
    this.personality = personality
    this.runtime = runtime
    this.#writer = writer
  }

  begin(logonId: number): void {
    this.logonId = logonId
    this.currentLogon = this.session.logons[logonId]
    this.outputKind = undefined
    this.outputObject = undefined
    this.openedLogon = undefined
    this.watch = undefined
  }

  get logon(): Logon {
    const logon = this.openedLogon ?? this.currentLogon
    if (logon === undefined) throw new MapiError(ErrorCode.ecNullObject)
    return logon
  }

  get mailbox(): Mailbox {
    return this.logon.mailbox
  }

  get actor(): Actor {
    return this.currentLogon?.actor ?? this.session.actor
  }

  get space(): number {
    return this.#writer.limit - this.#writer.position
  }

  output<K extends ObjectKind>(kind: K, object: ServerObjects[K]): void {
    this.outputKind = kind
    this.outputObject = object
  }

  openLogon(logon: Omit<Logon, 'kind' | 'id' | 'perUserUpload' | 'release'>): Logon {
    const { isPublic, mailbox, actor, logonFlags, openFlags } = logon
    const facts = { kind: 'logon' as const, id: this.logonId, isPublic, mailbox, actor, logonFlags, openFlags }
    const opened: Logon = { ...facts, release: () => opened.perUserUpload?.release() }
    this.openedLogon = opened
    this.session.touch(opened.mailbox)
    this.output('logon', opened)
    return opened
  }
}
