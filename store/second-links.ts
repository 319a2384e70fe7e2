import { link, mkdir, readdir, rm, unlink } from 'node:fs/promises'
import { join } from 'node:path'

/** Name of the folder inside the database's own; LevelDB looks at no name that it did not make. */
const FOLDER = 'second-links'

/** Tables and logs: what LevelDB removes while it runs, and what is large. */
const LARGE_FILE = /^\d+\.(ldb|log)$/

/** Bytes written between two looks at the folder: a file of LevelDB's is larger, so hardly one comes and goes unseen. */
const LOOK_EVERY_BYTES = 1 << 20

/**
 * Keeps LevelDB's readers from waiting while the file system frees its old files.
 *
 * LevelDB 1.20 removes the files that a merge has replaced with the lock held that every read takes first
 * (`DBImpl::DeleteObsoleteFiles`). To free the blocks of a log of 64 MiB takes ext4 some 30 ms, those of a merge's inputs 160 ms, and
 * for so long the event loop stands in its next read. So each file gets a second hard link soon after it was made: what LevelDB
 * removes is then a name and no more, and the last link goes here, in a thread that nobody waits for.
 *
 * After a crash the folder holds links of files that are gone; opening removes them. Where the file system has no
 * hard links nothing is done and nothing is lost but that time.
 */
export class SecondLinks {
  private readonly folder: string
  private readonly linked = new Set<string>()
  private written = 0
  private look: Promise<void> | undefined
  private isUsable = true

  private constructor(private readonly directory: string) {
    this.folder = join(directory, FOLDER)
  }

  /** Starts afresh in the directory of a database that is open. */
  static async open(directory: string): Promise<SecondLinks> {
    const links = new SecondLinks(directory)
    await links.start()
    return links
  }

  /** To be called with each write: looks at the files when enough was written for new ones to be there. */
  wrote(bytes: number): void {
    this.written += bytes
    if (this.written < LOOK_EVERY_BYTES || this.look !== undefined || !this.isUsable) return
    this.written = 0
    this.look = this.follow().finally(() => {
      this.look = undefined
    })
  }

  /** Leaves nothing behind. */
  async close(): Promise<void> {
    this.isUsable = false
    await this.look
    await rm(this.folder, { recursive: true, force: true })
  }

  private async start(): Promise<void> {
    try {
      await rm(this.folder, { recursive: true, force: true })
      await mkdir(this.folder)
    } catch {
      this.isUsable = false
      return
    }
    await this.follow()
  }

  private async follow(): Promise<void> {
    try {
      const names = new Set((await readdir(this.directory)).filter(name => LARGE_FILE.test(name)))
      for (const name of names) if (!this.linked.has(name)) await this.link(name)
      for (const name of this.linked) if (!names.has(name)) await this.free(name)
    } catch {
      this.isUsable = false
    }
  }

  private async link(name: string): Promise<void> {
    try {
      await link(join(this.directory, name), join(this.folder, name))
      this.linked.add(name)
    } catch (error) {
      if ((error as { code?: string }).code !== 'ENOENT') throw error
    }
  }

  private async free(name: string): Promise<void> {
    await unlink(join(this.folder, name))
    this.linked.delete(name)
  }
}
