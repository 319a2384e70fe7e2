/**
 * Loaded before a test file (`node --import`), and in every process that it starts: puts the mutant that ROPEWALK_MUTANT
 * names in the place of its module.
 */
import { readFileSync } from 'node:fs'
import { register } from 'node:module'
import type { Mutant } from './mutant-hooks.js'

const file = process.env.ROPEWALK_MUTANT
if (file !== undefined) {
  const data = JSON.parse(readFileSync(file, 'utf8')) as Mutant
  register('./mutant-hooks.js', import.meta.url, { data })
}
