export {
  type ConnectRequest,
  type ConnectResponse,
  Emsmdb,
  type EmsmdbOptions,
  type ExecuteRequest,
  type ExecuteResponse
} from './emsmdb.js'
export type { QueuedNotification } from './notification-queue.js'
export type { RopFigures } from './rop-metrics.js'
export { EmsmdbSession, type SessionEnd } from './session.js'
