import { ErrorCode } from '../oxcdata/error-code.js'
import { MapiError } from '../oxcdata/map-error.js'

/** Bounds what clients have put into open objects and not saved: of one mailbox, and of all of them together. */
export class MemoryBudget {
  private usedBytes = 0

  constructor(
    private readonly limitBytes: number,
    private readonly all?: MemoryBudget
  ) {}

  get used(): number {
    return this.usedBytes
  }

  /** Changes what is used. Throws ecNotEnoughMemory, and changes nothing, when there would be too much. */
  change(by: number): void {
    if (by > 0 && this.usedBytes + by > this.limitBytes) throw new MapiError(ErrorCode.ecNotEnoughMemory)
    this.all?.change(by)
    this.usedBytes += by
  }
}
