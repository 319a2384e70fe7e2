import { namedFiles } from './named-files.js'
import type { World } from './schema.js'

/** A world that needs no files: their content stands in it as base64, so that it can go over the network. */
export function inlinedWorld({ files, ...world }: World): World {
  const inlined = structuredClone(world)
  for (const { path, file } of namedFiles(world)) {
    const base64 = Buffer.from(files?.get(file) ?? []).toString('base64')
    const last = path[path.length - 1]
    const holder = path.slice(0, -1).reduce<unknown>((value, key) => (value as never)[key], inlined) as Record<
      string,
      unknown
    >
    if (last === 'file') {
      delete holder.file
      holder.base64 = base64
    } else holder[last] = { base64 }
  }
  return inlined
}
