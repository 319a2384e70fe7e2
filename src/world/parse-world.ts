import { readFileSync } from 'node:fs'
import { checkWorld } from './check-world.js'
import { namedFiles } from './named-files.js'
import { type World, worldSchema } from './schema.js'
import { problemsOf } from './schema-issues.js'
import { MOST_PROBLEMS, type PathProblem, WorldError, type WorldProblem } from './world-error.js'
import { type FileSource, filesBeside, noFiles } from './world-files.js'
import { YamlText } from './yaml-text.js'

export { WorldError } from './world-error.js'

/**
 * Reads a world from YAML (or JSON) text. Throws WorldError with every problem and its position. `file` is only for messages;
 * the files that the world names are taken from `files`.
 */
export function parseWorld(text: string, file = 'world', files: FileSource = noFiles): World {
  const yaml = new YamlText(text, file)
  const problems: PathProblem[] = []
  const world = shaped(yaml.value, problems)
  if (world !== undefined) {
    const contents = readFiles(world, files, problems)
    const failed = new Set(problems.map(({ path }) => path.join('.')))
    for (const problem of checkWorld({ ...world, files: contents })) {
      // What is said of a file already is not said again.
      if (!failed.has(problem.path.join('.'))) problems.push(problem)
    }
    if (problems.length === 0) return { ...world, files: contents }
  }
  throw new WorldError(placed(problems, yaml), file)
}

/** Reads a world file and the files that it names. Throws WorldError, or what the operating system says. */
export function readWorld(file: string): World {
  return parseWorld(readFileSync(file, 'utf8'), file, filesBeside(file))
}

/** In the order of the text. */
function placed(problems: readonly PathProblem[], yaml: YamlText): WorldProblem[] {
  const places = problems.slice(0, MOST_PROBLEMS).map(problem => yaml.place(problem))
  places.sort((a, b) => (a.line ?? 0) - (b.line ?? 0) || (a.column ?? 0) - (b.column ?? 0))
  const more = problems.length - places.length
  if (more > 0) places.push({ path: '', message: `and ${more} problems more` })
  return places
}

/**
 * The value in the shape of a world, with what is wrong in `problems`. Undefined when too little is right to look further: what
 * is wrong and need not be there is left out for that.
 */
function shaped(value: unknown, problems: PathProblem[]): World | undefined {
  const result = parse(value, problems)
  if (result.success) return result.data
  const lean = structuredClone(value)
  for (const { path } of problems) remove(lean, path)
  const again = worldSchema.safeParse(lean)
  return again.success ? again.data : undefined
}

function parse(value: unknown, problems: PathProblem[]): ReturnType<typeof worldSchema.safeParse> {
  const result = worldSchema.safeParse(value)
  if (result.success) return result
  for (const problem of problemsOf(result.error.issues, value, worldSchema)) {
    if (problems.length > MOST_PROBLEMS) break
    problems.push(problem)
  }
  return result
}

/** Takes a key out of its mapping. Items of lists stay, so that the places of the others do. */
function remove(root: unknown, path: readonly PropertyKey[]): void {
  let value = root
  for (const step of path.slice(0, -1)) {
    if (typeof value !== 'object' || value === null) return
    value = (value as Record<PropertyKey, unknown>)[step]
  }
  const last = path.at(-1)
  if (last !== undefined && typeof value === 'object' && value !== null && !Array.isArray(value)) {
    delete (value as Record<PropertyKey, unknown>)[last]
  }
}

function readFiles(world: World, files: FileSource, problems: PathProblem[]): Map<string, Uint8Array> {
  const contents = new Map<string, Uint8Array>()
  for (const { path, file } of namedFiles(world)) {
    if (contents.has(file)) continue
    try {
      contents.set(file, files.read(file))
    } catch (error) {
      problems.push({ path, message: (error as Error).message })
    }
  }
  return contents
}
