import type { NewUser, UserChange, UserView } from './entry-schema.js'

/** What can be done to users: by the server itself, or by its admin API from outside. Refusals are AdministrationErrors. */
export interface UserAdministration {
  /** All users, in the order in which they were added, without attributes that are bytes. */
  users(): Promise<UserView[]>
  /** By primary or further address. */
  user(address: string): Promise<UserView>
  /** Adds a user with a mailbox; resolves when both are on disk. */
  addUser(user: NewUser): Promise<UserView>
  /** Changes what is named. Who is disabled or loses a right loses his sessions at once. */
  changeUser(address: string, change: UserChange): Promise<UserView>
  /** Removes a user: log-ons are refused and sessions end at once, the data goes behind. */
  removeUser(address: string): Promise<void>
}
