/** Module hooks that give the text of a mutant for one module and leave all others alone; see mutant-preload.ts. */
import type { LoadHook } from 'node:module'

export interface Mutant {
  url: string
  source: string
}

let mutant: Mutant

export function initialize(data: Mutant): void {
  mutant = data
}

export const load: LoadHook = (url, context, nextLoad) =>
  url === mutant.url ? { format: 'module', source: mutant.source, shortCircuit: true } : nextLoad(url, context)
