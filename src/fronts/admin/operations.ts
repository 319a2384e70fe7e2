import { entryOperations } from './entry-operations.js'
import { messageOperations } from './message-operations.js'
import { openApiOperations } from './openapi-operations.js'
import type { Operation } from './operation.js'
import { serverOperations } from './server-operations.js'
import { sessionOperations } from './session-operations.js'
import { userOperations } from './user-operations.js'
import { worldOperations } from './world-operations.js'

/** Every operation of the admin API. */
export const operations: readonly Operation[] = [
  ...userOperations,
  ...entryOperations,
  ...messageOperations,
  ...worldOperations,
  ...sessionOperations,
  ...serverOperations,
  ...openApiOperations
]
