import type { Directory } from '../directory/directory.js'
import type { Principal } from '../directory/principal.js'

/** Longer names belong to nobody. */
const NAME_LIMIT = 512

/**
 * Names as people type them, and who they belong to, if to anybody. What the directory said is remembered for both alike: looking a
 * name up takes longer when it is found, and whoever could measure that often enough would know who exists.
 */
export class LogOnNames {
  private readonly remembered = new Map<string, Principal | null>()
  private generation = -1

  constructor(
    private readonly directory: Directory,
    private readonly entries = 4096
  ) {}

  find(name: string): Principal | null {
    const { directory, remembered } = this
    if (this.generation !== directory.generation) {
      this.generation = directory.generation
      remembered.clear()
    }
    const known = remembered.get(name)
    if (known !== undefined || name.length > NAME_LIMIT) return known ?? null
    const found = directory.byLogonName(name) ?? null
    remembered.set(name, found)
    if (remembered.size > this.entries) remembered.delete(remembered.keys().next().value as string)
    return found
  }
}
