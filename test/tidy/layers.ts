/**
 * Who may import whom: the rows of ARCHITECTURE.md as data. A file imports its own room or a lower floor; a floor is
 * written as a number, letters of one row being floors too.
 */

/** Rooms from the most specific path to the least; the first prefix that fits decides. */
const ROOMS: readonly { prefix: string; floor: number }[] = [
  { prefix: 'src/main.ts', floor: 92 },
  { prefix: 'src/cli/', floor: 92 },
  { prefix: 'src/index.ts', floor: 91 },
  { prefix: 'src/store-recovery.ts', floor: 90 },
  { prefix: 'src/open-listeners.ts', floor: 90 },
  { prefix: 'src/open-administration.ts', floor: 90 },
  { prefix: 'src/open-mapi-http.ts', floor: 90 },
  { prefix: 'src/world/', floor: 90 },
  { prefix: 'src/captures/', floor: 90 },
  { prefix: 'src/fronts/', floor: 80 },
  { prefix: 'src/client/', floor: 80 },
  { prefix: 'src/emsmdb/', floor: 70 },
  { prefix: 'src/nspi/', floor: 70 },
  { prefix: 'src/dcerpc/', floor: 70 },
  { prefix: 'rops/', floor: 60 },
  { prefix: 'src/mailbox/', floor: 50 },
  { prefix: 'src/mime/', floor: 52 },
  { prefix: 'src/transport/', floor: 51 },
  { prefix: 'src/auth/', floor: 40 },
  { prefix: 'src/directory/', floor: 30 },
  { prefix: 'store/', floor: 20 },
  { prefix: 'src/oxcdata/', floor: 20 },
  { prefix: 'src/oxprops/', floor: 20 },
  { prefix: 'src/ics/', floor: 20 },
  { prefix: 'src/compression/', floor: 20 },
  { prefix: 'src/certificates/', floor: 20 },
  { prefix: 'src/bufferstructs/', floor: 10 },
  { prefix: 'src/personality.ts', floor: 10 },
  { prefix: 'src/limits.ts', floor: 10 },
  { prefix: 'src/runtime.ts', floor: 10 },
  { prefix: 'src/log.ts', floor: 10 },
  { prefix: 'src/file-system.ts', floor: 10 },
  { prefix: 'src/config.ts', floor: 10 }
]

/** Imports on one floor, or upwards, that the plan allows: from, to. */
const ALLOWED: readonly [string, string][] = [
  ['src/oxcdata/', 'src/oxprops/'],
  ['src/ics/', 'src/oxcdata/'],
  ['src/fronts/', 'src/fronts/http/'],
  // Layouts only, without what serves them: a client writes and reads the same bodies.
  ['src/client/', 'src/fronts/mapi-http/grammar/'],
  ['src/config.ts', 'src/'],
  ['src/log.ts', 'src/'],
  ['src/index.ts', 'src/world/'],
  ['src/main.ts', 'src/cli/']
]

/** The room of a repository path: what of its path a floor is given to. */
export function roomOf(path: string): { prefix: string; floor: number } | undefined {
  const room = ROOMS.find(candidate => path.startsWith(candidate.prefix))
  if (room === undefined) return undefined
  // Each front and each ROP family is a room of its own.
  if (room.prefix === 'src/fronts/' || room.prefix === 'rops/') {
    const [, family] = path.slice(room.prefix.length).includes('/')
      ? /^([^/]+)\//.exec(path.slice(room.prefix.length))!
      : []
    return { prefix: family === undefined ? room.prefix : `${room.prefix}${family}/`, floor: room.floor }
  }
  return room
}

/** Why `from` may not import `to` (repository paths), or undefined when it may. */
export function importFault(from: string, to: string): string | undefined {
  const a = roomOf(from)
  const b = roomOf(to)
  if (a === undefined || b === undefined) return undefined
  if (a.prefix === b.prefix) return undefined
  if (ALLOWED.some(([f, t]) => from.startsWith(f) && to.startsWith(t))) return undefined
  if (a.prefix.startsWith('rops/')) return ropFault(from, to)
  if (to.startsWith('rops/') && a.floor > 60) return undefined
  if (a.floor === 10 && b.floor === 10) return undefined
  if (b.floor < a.floor) return undefined
  return `floor ${a.floor} (${a.prefix}) may not import floor ${b.floor} (${b.prefix})`
}

/** rops/rop.ts and the table see everything in rops; a family never sees another one, emsmdb or the store. */
function ropFault(from: string, to: string): string | undefined {
  if (to.startsWith('store/')) return 'a ROP never touches the store'
  if (to.startsWith('rops/')) {
    const shared = !to.slice('rops/'.length).includes('/')
    const isTable = !from.slice('rops/'.length).includes('/')
    return shared || isTable ? undefined : 'a ROP family may not import another family'
  }
  const floor = roomOf(to)!.floor
  return floor < 60 ? undefined : `rops may not import ${to}`
}
