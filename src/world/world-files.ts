import { X509Certificate } from 'node:crypto'
import { readFileSync, statSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { type AttributeName, attributeProblem, attributeSpecs } from '../directory/index.js'
import type { WorldAttributes, WorldContent } from './schema-values.js'

/** Where a world's files come from. */
export interface FileSource {
  /** The content of a file by the path that stands in the world. Throws an Error whose message says what is wrong. */
  read(path: string): Uint8Array
}

/** For a world that came without files, over the network for example. */
export const noFiles: FileSource = {
  read() {
    throw new Error('names a file, and this world has come without files: write the content as base64')
  }
}

/** Largest file that a world takes in: it is held in memory until it is written. */
const MOST_FILE_BYTES = 256 << 20

/** Files beside a world file. */
export function filesBeside(worldFile: string): FileSource {
  const folder = dirname(resolve(worldFile))
  return {
    read(path) {
      const at = resolve(folder, path)
      const found = statSync(at, { throwIfNoEntry: false })
      if (found === undefined) throw new Error(`there is no file ${at}`)
      if (!found.isFile()) throw new Error(`${at} is no file`)
      if (found.size > MOST_FILE_BYTES) throw new Error(`${at} has more than ${MOST_FILE_BYTES} bytes`)
      try {
        return readFileSync(at)
      } catch (error) {
        throw new Error(`${at} cannot be read: ${(error as Error).message}`)
      }
    }
  }
}

/** Files as a world carries them. */
export type WorldFiles = ReadonlyMap<string, Uint8Array> | undefined

/** The bytes that a world means; throws an Error when it has none of that name. */
export function bytesOf(content: WorldContent, files: WorldFiles): Uint8Array {
  if (typeof content !== 'string') return Buffer.from(content.base64, 'base64')
  const bytes = files?.get(content)
  if (bytes === undefined) throw new Error(`names a file that the world has come without: ${content}`)
  return bytes
}

type Path = readonly (string | number)[]

/** Attributes of an entry in the directory's form: bytes in place of files, each checked. */
export function attributesFrom(
  spec: WorldAttributes,
  names: readonly AttributeName[],
  files: WorldFiles,
  onProblem: (path: Path, message: string) => void
): Record<string, unknown> {
  const attributes: Record<string, unknown> = {}
  for (const name of names) {
    const given = spec[name]
    if (given === undefined) continue
    const { type } = attributeSpecs[name]
    const one = (content: WorldContent, path: Path): Uint8Array | undefined => {
      try {
        return refined(name, bytesOf(content, files))
      } catch (error) {
        onProblem(path, (error as Error).message)
        return undefined
      }
    }
    let value: unknown = given
    if (type === 'bytes') value = one(given as WorldContent, [name])
    if (type === 'bytesList') {
      const list = (given as WorldContent[]).map((content, at) => one(content, [name, at]))
      value = list.includes(undefined) ? undefined : list
    }
    if (value === undefined) continue
    const problem = attributeProblem(name, value)
    if (problem === undefined) attributes[name] = value
    else onProblem([name], problem)
  }
  return attributes
}

const PEM = /-----BEGIN [A-Z0-9 ]+-----([A-Za-z0-9+/=\s]+)-----END /

/** Pictures and certificates as clients want them; throws an Error for content of another kind. */
function refined(name: AttributeName, bytes: Uint8Array): Uint8Array {
  if (name === 'photo' && (bytes[0] !== 0xff || bytes[1] !== 0xd8)) throw new Error('is no JPEG picture')
  if (name !== 'certificates' && name !== 'smimeCertificates') return bytes
  const pem = PEM.exec(Buffer.from(bytes.subarray(0, 64 << 10)).toString('latin1'))
  const der = pem === null ? bytes : Buffer.from(pem[1], 'base64')
  if (name === 'smimeCertificates') return der
  try {
    return new X509Certificate(der).raw
  } catch {
    throw new Error('is no X.509 certificate in DER or PEM')
  }
}
