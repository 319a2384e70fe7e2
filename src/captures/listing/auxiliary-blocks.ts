/** Auxiliary blocks ([MS-OXCRPC] 2.2.2.2): their names and layouts by version and type. */
import {
  type AnyLayout,
  bytes,
  enumeration,
  flags,
  guid,
  struct,
  u8,
  u16,
  u32,
  zeros
} from '../../bufferstructs/index.js'

export interface AuxiliaryForm {
  readonly name: string
  /** Fields behind AUX_HEADER. */
  readonly fields?: AnyLayout
  /** Texts behind them, by the field that holds their offset from the beginning of AUX_HEADER; 0 is none. */
  readonly texts?: Readonly<Record<string, string>>
  /** Bytes behind them, by the fields of their offset and size. */
  readonly data?: Readonly<Record<string, readonly [offset: string, size: string]>>
}

const ids = { clientId: u16, serverId: u16, sessionId: u16, requestId: u16 }
const times = { timeSinceRequest: u32, timeToCompleteRequest: u32 }
const failure = {
  timeSinceRequest: u32,
  timeToFailRequest: u32,
  resultCode: u32,
  requestOperation: u8,
  reserved: zeros(3)
}

const defMdbSuccess = struct({ ...times, requestId: u16, reserved: zeros(2) })
const defGcSuccess = struct({ serverId: u16, sessionId: u16, ...times, requestOperation: u8, reserved: zeros(3) })
const mdbSuccess = struct({ ...ids, ...times })
const gcSuccess = struct({
  ...{ clientId: u16, serverId: u16, sessionId: u16, reserved1: zeros(2) },
  ...{ ...times, requestOperation: u8, reserved2: zeros(3) }
})
const failed = struct({ ...ids, ...failure })
const sessionInfo = struct({ sessionId: u16, reserved: zeros(2), sessionGuid: guid })
const mdbSuccess2 = struct({ processId: u16, ...ids, reserved: zeros(2), ...times })
const gcSuccess2 = struct({
  ...{ processId: u16, clientId: u16, serverId: u16, sessionId: u16 },
  ...{ ...times, requestOperation: u8, reserved: zeros(3) }
})
const failed2 = struct({ processId: u16, ...ids, reserved1: zeros(2), ...failure })

const clientInfo: AuxiliaryForm = {
  name: 'AUX_PERF_CLIENTINFO',
  fields: struct({
    ...{ adapterSpeed: u32, clientId: u16, machineNameOffset: u16, userNameOffset: u16 },
    ...{ clientIpSize: u16, clientIpOffset: u16, clientIpMaskSize: u16, clientIpMaskOffset: u16 },
    ...{ adapterNameOffset: u16, macAddressSize: u16, macAddressOffset: u16 },
    clientMode: enumeration(u16, { unknown: 0, classic: 1, cached: 2 }),
    reserved: zeros(2)
  }),
  texts: { machineName: 'machineNameOffset', userName: 'userNameOffset', adapterName: 'adapterNameOffset' },
  data: {
    clientIp: ['clientIpOffset', 'clientIpSize'],
    clientIpMask: ['clientIpMaskOffset', 'clientIpMaskSize'],
    macAddress: ['macAddressOffset', 'macAddressSize']
  }
}

const processInfo: AuxiliaryForm = {
  name: 'AUX_PERF_PROCESSINFO',
  fields: struct({
    ...{ processId: u16, reserved1: zeros(2), processGuid: guid, processNameOffset: u16, reserved2: zeros(2) }
  }),
  texts: { processName: 'processNameOffset' }
}

const deviceIdentification: AuxiliaryForm = {
  name: 'AUX_PROTOCOL_DEVICE_IDENTIFICATION',
  fields: struct({
    ...{ deviceManufacturerOffset: u16, deviceModelOffset: u16, deviceSerialNumberOffset: u16 },
    ...{ deviceVersionOffset: u16, deviceFirmwareVersionOffset: u16 }
  }),
  texts: {
    ...{ deviceManufacturer: 'deviceManufacturerOffset', deviceModel: 'deviceModelOffset' },
    ...{ deviceSerialNumber: 'deviceSerialNumberOffset', deviceVersion: 'deviceVersionOffset' },
    deviceFirmwareVersion: 'deviceFirmwareVersionOffset'
  }
}

const VERSION_1: Readonly<Record<number, AuxiliaryForm>> = {
  1: { name: 'AUX_PERF_REQUESTID', fields: struct({ sessionId: u16, requestId: u16 }) },
  2: clientInfo,
  3: {
    name: 'AUX_PERF_SERVERINFO',
    fields: struct({
      serverId: u16,
      serverType: enumeration(u16, { unknown: 0, private: 1, public: 2, directory: 3, referral: 4 }),
      ...{ serverDnOffset: u16, serverNameOffset: u16 }
    }),
    texts: { serverDn: 'serverDnOffset', serverName: 'serverNameOffset' }
  },
  4: { name: 'AUX_PERF_SESSIONINFO', fields: sessionInfo },
  5: { name: 'AUX_PERF_DEFMDB_SUCCESS', fields: defMdbSuccess },
  6: { name: 'AUX_PERF_DEFGC_SUCCESS', fields: defGcSuccess },
  7: { name: 'AUX_PERF_MDB_SUCCESS', fields: mdbSuccess },
  8: { name: 'AUX_PERF_GC_SUCCESS', fields: gcSuccess },
  9: { name: 'AUX_PERF_FAILURE', fields: failed },
  10: {
    name: 'AUX_CLIENT_CONTROL',
    fields: struct({
      enableFlags: flags(u32, {
        ...{ perfSendToServer: 0x1, perfSendToMailbox: 0x2, compression: 0x4, httpTunneling: 0x8, perfSendGcData: 0x10 }
      }),
      expiryTime: u32
    })
  },
  11: processInfo,
  12: { name: 'AUX_PERF_BG_DEFMDB_SUCCESS', fields: defMdbSuccess },
  13: { name: 'AUX_PERF_BG_DEFGC_SUCCESS', fields: defGcSuccess },
  14: { name: 'AUX_PERF_BG_MDB_SUCCESS', fields: mdbSuccess },
  15: { name: 'AUX_PERF_BG_GC_SUCCESS', fields: gcSuccess },
  16: { name: 'AUX_PERF_BG_FAILURE', fields: failed },
  17: { name: 'AUX_PERF_FG_DEFMDB_SUCCESS', fields: defMdbSuccess },
  18: { name: 'AUX_PERF_FG_DEFGC_SUCCESS', fields: defGcSuccess },
  19: { name: 'AUX_PERF_FG_MDB_SUCCESS', fields: mdbSuccess },
  20: { name: 'AUX_PERF_FG_GC_SUCCESS', fields: gcSuccess },
  21: { name: 'AUX_PERF_FG_FAILURE', fields: failed },
  22: {
    name: 'AUX_OSVERSIONINFO',
    fields: struct({
      ...{ osVersionInfoSize: u32, majorVersion: u32, minorVersion: u32, buildNumber: u32, reserved1: bytes(132) },
      ...{ servicePackMajor: u16, servicePackMinor: u16, reserved2: u32 }
    })
  },
  23: {
    name: 'AUX_EXORGINFO',
    fields: struct({
      orgFlags: flags(u32, { publicFoldersEnabled: 0x1, useAutodiscoverForPublicFolderConfiguration: 0x2 })
    })
  },
  24: { name: 'AUX_PERF_ACCOUNTINFO', fields: struct({ clientId: u16, reserved: zeros(2), account: guid }) },
  70: {
    name: 'AUX_SERVER_CAPABILITIES',
    fields: struct({
      serverCapabilityFlags: flags(u32, {
        packedFastTransferUploadBuffers: 0x1,
        packedWriteStreamUploadBuffers: 0x2,
        ultraLargePackedDownloadBuffers: 0x8
      })
    })
  },
  72: {
    name: 'AUX_ENDPOINT_CAPABILITIES',
    fields: struct({ endpointCapabilityFlag: flags(u32, { singleEndpoint: 0x1 }) })
  },
  73: { name: 'AUX_EXCEPTION_TRACE' },
  74: {
    name: 'AUX_CLIENT_CONNECTION_INFO',
    fields: struct({
      ...{ connectionGuid: guid, offsetConnectionContextInfo: u16, reserved: zeros(2), connectionAttempts: u32 },
      connectionFlags: flags(u32, { cachedMode: 0x1 })
    }),
    texts: { connectionContextInfo: 'offsetConnectionContextInfo' }
  },
  75: {
    name: 'AUX_SERVER_SESSION_INFO',
    fields: struct({ offsetServerSessionContextInfo: u16 }),
    texts: { serverSessionContextInfo: 'offsetServerSessionContextInfo' }
  },
  78: deviceIdentification
}

const VERSION_2: Readonly<Record<number, AuxiliaryForm>> = {
  4: {
    name: 'AUX_PERF_SESSIONINFO_V2',
    fields: struct({ sessionId: u16, reserved: zeros(2), sessionGuid: guid, connectionId: u32 })
  },
  7: { name: 'AUX_PERF_MDB_SUCCESS_V2', fields: mdbSuccess2 },
  8: { name: 'AUX_PERF_GC_SUCCESS_V2', fields: gcSuccess2 },
  9: { name: 'AUX_PERF_FAILURE_V2', fields: failed2 },
  11: processInfo,
  14: { name: 'AUX_PERF_BG_MDB_SUCCESS_V2', fields: mdbSuccess2 },
  15: { name: 'AUX_PERF_BG_GC_SUCCESS_V2', fields: gcSuccess2 },
  16: { name: 'AUX_PERF_BG_FAILURE_V2', fields: failed2 },
  19: { name: 'AUX_PERF_FG_MDB_SUCCESS_V2', fields: mdbSuccess2 },
  20: { name: 'AUX_PERF_FG_GC_SUCCESS_V2', fields: gcSuccess2 },
  21: { name: 'AUX_PERF_FG_FAILURE_V2', fields: failed2 }
}

/** The form of a block, undefined when the documents know none. */
export function auxiliaryForm(version: number, type: number): AuxiliaryForm | undefined {
  if (version === 1) return VERSION_1[type]
  return version === 2 ? VERSION_2[type] : undefined
}
