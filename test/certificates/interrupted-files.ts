import { type FileSystem, systemFiles } from '../../src/file-system.js'

/** The process has died, as far as these files are concerned. */
export class Interrupted extends Error {}

/**
 * A file system that dies at a call: with `half`, when half of what the call does is done. Every later call dies, too.
 * `calls` says what was called before. Nothing is flushed: what a test sees are the files of a machine that goes on.
 */
export class InterruptedFiles implements FileSystem {
  readonly calls: string[] = []
  private dead = false
  private readonly paths = new Map<number, string>()

  constructor(
    private readonly diesAt: number,
    private readonly half: boolean
  ) {}

  mkdir(path: string, mode: number): void {
    this.call(`mkdir ${path}`, () => systemFiles.mkdir(path, mode))
  }

  open(path: string, flags: 'wx' | 'r', mode?: number): number {
    let file = -1
    this.call(`open ${path}`, () => {
      file = systemFiles.open(path, flags, mode)
    })
    this.paths.set(file, path)
    return file
  }

  write(file: number, text: string): void {
    const half = () => systemFiles.write(file, text.slice(0, text.length / 2))
    this.call(`write ${this.paths.get(file)}`, () => systemFiles.write(file, text), half)
  }

  fsync(file: number): void {
    this.call(`fsync ${this.paths.get(file)}`, () => {})
  }

  /** The operating system closes the files of a dead process. */
  close(file: number): void {
    if (file >= 0) systemFiles.close(file)
  }

  rename(from: string, to: string): void {
    this.call(`rename ${from} ${to}`, () => systemFiles.rename(from, to))
  }

  remove(path: string): void {
    this.call(`remove ${path}`, () => systemFiles.remove(path))
  }

  private call(name: string, work: () => void, half = work): void {
    if (this.dead) throw new Interrupted()
    this.calls.push(name)
    if (this.calls.length !== this.diesAt) {
      work()
      return
    }
    this.dead = true
    if (this.half) half()
    throw new Interrupted()
  }
}
