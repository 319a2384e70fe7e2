/** RopIds that no ROP has, each with the reason ([MS-OXCROPS] 2.2.2). A list that contains one fails the whole call (R18, note <3>). */

const RESERVED = 'reserved in the table of RopIds'

function range(first: number, last: number): number[] {
  return Array.from({ length: last - first + 1 }, (_, i) => first + i)
}

/**
 * The table of RopIds reserves 0x52, 0x9D and 0xA3 as well, but other sections define operations with these ids
 * (RopGetValidAttachments, RopFastTransferDestinationPutBufferExtended, RopWriteStreamExtended), so that they are rows.
 */
export const reservedRopIds: ReadonlyMap<number, string> = new Map(
  [
    ...[0x00, 0x28, 0x3c, 0x3d, 0x62, 0x65, 0x6a, 0x71, 0x7c, 0x7d, 0x83, 0x84, 0x85, 0x87, 0x88],
    ...range(0x8a, 0x8f),
    ...range(0x94, 0x9c),
    ...range(0x9e, 0xa2),
    ...range(0xa4, 0xf8),
    ...range(0xfa, 0xfd)
  ].map(id => [id, RESERVED])
)
