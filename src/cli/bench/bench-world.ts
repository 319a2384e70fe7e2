import { worldSchema } from '../../world/schema.js'

/** Sizes of the folders that the table scenarios read. */
export const FOLDER_SIZES = [1_000, 10_000] as const

export function folderName(size: number): string {
  return `Bench ${size}`
}

/** One mailbox with a folder of each size. */
export const benchWorld = worldSchema.parse({
  ropewalk: 1,
  name: 'bench',
  domain: 'bench.example',
  users: [
    {
      address: 'bench@bench.example',
      name: 'Bench',
      password: 'bench',
      folders: FOLDER_SIZES.map(size => ({ path: folderName(size), generate: { seed: size, messages: size } }))
    }
  ]
})
