import { countItems } from './apply-folders.js'
import { mailboxTasks } from './folder-tasks.js'
import type { World } from './schema.js'

/** How much of what a world contains. */
export interface WorldCounts {
  users: number
  'shared mailboxes': number
  rooms: number
  equipment: number
  'room lists': number
  groups: number
  contacts: number
  'address lists': number
  folders: number
  'public folders': number
  items: number
}

export function countsOfWorld(world: World): WorldCounts {
  const tasks = [...mailboxTasks(world)].flatMap(({ folders, isPublic }) =>
    folders.map(folder => ({ folder, isPublic }))
  )
  return {
    users: world.users.length,
    'shared mailboxes': world.sharedMailboxes.length,
    rooms: world.rooms.length,
    equipment: world.equipment.length,
    'room lists': world.roomLists.length,
    groups: world.groups.length,
    contacts: world.contacts.length,
    'address lists': world.addressLists.length,
    folders: tasks.filter(({ isPublic }) => !isPublic).length,
    'public folders': world.publicFolders.length,
    items: tasks.reduce((sum, { folder }) => sum + countItems(folder), 0)
  }
}
