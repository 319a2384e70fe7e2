/** [MS-OXCDATA] 2.11.1: the types of property values. */
export const PtypUnspecified = 0x0000
export const PtypNull = 0x0001
export const PtypInteger16 = 0x0002
export const PtypInteger32 = 0x0003
export const PtypFloating32 = 0x0004
export const PtypFloating64 = 0x0005
export const PtypCurrency = 0x0006
export const PtypFloatingTime = 0x0007
export const PtypErrorCode = 0x000a
export const PtypBoolean = 0x000b
export const PtypObject = 0x000d
export const PtypInteger64 = 0x0014
export const PtypString8 = 0x001e
export const PtypString = 0x001f
export const PtypTime = 0x0040
export const PtypGuid = 0x0048
export const PtypServerId = 0x00fb
export const PtypRestriction = 0x00fd
export const PtypRuleAction = 0x00fe
export const PtypBinary = 0x0102
export const PtypMultipleInteger16 = 0x1002
export const PtypMultipleInteger32 = 0x1003
export const PtypMultipleFloating32 = 0x1004
export const PtypMultipleFloating64 = 0x1005
export const PtypMultipleCurrency = 0x1006
export const PtypMultipleFloatingTime = 0x1007
export const PtypMultipleInteger64 = 0x1014
export const PtypMultipleString8 = 0x101e
export const PtypMultipleString = 0x101f
export const PtypMultipleTime = 0x1040
export const PtypMultipleGuid = 0x1048
export const PtypMultipleBinary = 0x1102

/** Set in the type of a property with many values ([MS-OXCDATA] 2.11.1). */
export const MULTIVALUE_FLAG = 0x1000
/** Set, together with MULTIVALUE_FLAG, in a table column that shows one row for each value ([MS-OXCTABL] 2.2.1.6). */
export const MULTIVALUE_INSTANCE = 0x2000
/** Both bits of a multivalue instance column. */
export const MULTIVALUE_INSTANCE_BITS = MULTIVALUE_FLAG | MULTIVALUE_INSTANCE

/** Bytes of one value, 0 for types of varying size, for each single-value type that exists. */
const SIZES: ReadonlyMap<number, number> = new Map([
  [PtypInteger16, 2],
  [PtypInteger32, 4],
  [PtypFloating32, 4],
  [PtypFloating64, 8],
  [PtypCurrency, 8],
  [PtypFloatingTime, 8],
  [PtypErrorCode, 4],
  [PtypBoolean, 1],
  [PtypInteger64, 8],
  [PtypTime, 8],
  [PtypGuid, 16],
  [PtypObject, 0],
  [PtypString8, 0],
  [PtypString, 0],
  [PtypServerId, 0],
  [PtypRestriction, 0],
  [PtypRuleAction, 0],
  [PtypBinary, 0]
])

const MULTIPLE = new Set([
  PtypMultipleInteger16,
  PtypMultipleInteger32,
  PtypMultipleFloating32,
  PtypMultipleFloating64,
  PtypMultipleCurrency,
  PtypMultipleFloatingTime,
  PtypMultipleInteger64,
  PtypMultipleString8,
  PtypMultipleString,
  PtypMultipleTime,
  PtypMultipleGuid,
  PtypMultipleBinary
])

/** Table for the hot path: -1 unknown type, 0 varying size, else bytes of one value. Indexed by single-value types below 0x200. */
const SIZE_BY_TYPE = new Int8Array(0x200).fill(-1)
for (const [type, size] of SIZES) SIZE_BY_TYPE[type] = size

/** Bytes of one value of a fixed type (of one element for a multivalue type); 0 for varying sizes; -1 for a type that does not exist. */
export function fixedSize(type: number): number {
  return SIZE_BY_TYPE[type & 0x1ff] === undefined || (type & 0x0e00) !== 0 ? -1 : SIZE_BY_TYPE[type & 0x1ff]
}

/** True for a type whose property holds many values; a multivalue instance column is not one, its cells hold single values. */
export function isMultivalue(type: number): boolean {
  return (type & MULTIVALUE_INSTANCE_BITS) === MULTIVALUE_FLAG
}

export function isMultivalueInstance(type: number): boolean {
  return (type & MULTIVALUE_INSTANCE_BITS) === MULTIVALUE_INSTANCE_BITS
}

/** The type of one element of a multivalue type, or of the cell of a multivalue instance column. */
export function singleType(type: number): number {
  return type & ~MULTIVALUE_INSTANCE_BITS
}

/** A type that a property may have: not PtypUnspecified, PtypNull or an unknown number. */
export function isValueType(type: number): boolean {
  return SIZES.has(type) || MULTIPLE.has(type)
}

/** Strings are kept as UTF-16 whatever width they came in: PtypString8 becomes PtypString, one and many. */
export function storedType(type: number): number {
  return (type & 0xefff) === PtypString8 ? type + 1 : type
}

export function isString(type: number): boolean {
  return type === PtypString || type === PtypString8
}
