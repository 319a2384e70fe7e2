export { AdminEndpoint, type AdminEndpointOptions } from './admin-endpoint.js'
export type { AdminServices, ServerFacts, WorldOutcome, WorldText } from './admin-services.js'
export { Administration, type AdministrationOptions } from './administration.js'
export { AdministrationError, type PlacedProblem } from './administration-error.js'
export {
  type EntryView,
  type NewEntry,
  type NewUser,
  newUserSchema,
  type UserChange,
  type UserView,
  userChangeSchema
} from './entry-schema.js'
export { LoopDelay } from './loop-delay.js'
export type { ProblemPlace } from './problem.js'
export { problemsOf } from './read-call.js'
export type { UserAdministration } from './user-administration.js'
