import { limits } from '../../limits.js'
import { ErrorCode } from '../../oxcdata/error-code.js'
import type { LongTermId } from '../../oxcdata/ids.js'
import { MapiError } from '../../oxcdata/map-error.js'
import type { Actor, Maybe, PerUserBlock, PerUserUpload } from '../domain.js'
import type { MailboxCore } from '../mailbox-core.js'
import { setPerUserInformation } from './per-user-information.js'

/** What has come so far of what somebody has read in a folder. */
interface Started {
  readonly folder: LongTermId
  readonly replGuid: string
  readonly blocks: Uint8Array[]
  sizeBytes: number
}

/**
 * Per-user information that comes in blocks ([MS-OXCSTOR] 3.2.5.13.1): nothing of it counts before the last one is there. One
 * folder at a time; a block that does not go on where the last one ended gives up what came before it.
 */
export class StorePerUserUpload implements PerUserUpload {
  private started: Started | undefined

  constructor(private readonly core: MailboxCore) {}

  write({ folder, offset, data, isLast, replGuid }: PerUserBlock, actor: Actor): Maybe<void> {
    const begun = this.started
    const goesOn =
      begun !== undefined &&
      offset > 0 &&
      offset === begun.sizeBytes &&
      folder.databaseGuid === begun.folder.databaseGuid &&
      folder.globcnt === begun.folder.globcnt
    if (!goesOn) {
      this.release()
      if (offset !== 0) throw new MapiError(ErrorCode.ecError)
    }
    const upload = goesOn ? begun : { folder, replGuid: replGuid ?? this.core.replicaGuid, blocks: [], sizeBytes: 0 }
    this.started = upload
    this.keep(upload, data)
    if (!isLast) return undefined
    const whole = Buffer.concat(upload.blocks)
    this.release()
    return setPerUserInformation(this.core, upload.folder, { replGuid: upload.replGuid, data: whole }, actor)
  }

  private keep(upload: Started, data: Uint8Array): void {
    if (upload.sizeBytes + data.byteLength > limits.perUserDataBytes) {
      this.release()
      throw new MapiError(ErrorCode.ecTooBig)
    }
    this.core.budget.change(data.byteLength)
    upload.blocks.push(data.slice())
    upload.sizeBytes += data.byteLength
  }

  release(): void {
    if (this.started !== undefined) this.core.budget.change(-this.started.sizeBytes)
    this.started = undefined
  }
}
