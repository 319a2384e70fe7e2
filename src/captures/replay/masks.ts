/**
 * What may differ between a recorded answer and a live one, declared: fields by the path of their names, with the reason.
 * Everything else has to be the same, once ids, GUIDs, handles and names stand for each other one to one.
 */

export interface Mask {
  /** Matches the path of a field, names joined by `/`, e.g. `RopLogon/logonTime/seconds`. */
  readonly field: RegExp
  readonly why: string
}

const property = (names: readonly string[]): RegExp => new RegExp(`(^|/)(${names.join('|')})(:\\w+)?(/|$)`)

export const masks: readonly Mask[] = [
  { field: /(^|\/)auxiliary(\/|$)/, why: 'auxiliary blocks are diagnostic: names of servers, timings, capabilities' },
  {
    field: /^retryDelayMs$/,
    why: 'Exchange gives another delay to every connection, so that clients do not come at once'
  },
  { field: /(^|\/)RopLogon\/(logonTime|gwartTime)(\/|$)/, why: 'the clock of the server' },
  { field: /(^|\/)RopGetLocalReplicaIds\/globalCount$/, why: 'where the next free range of ids begins' },
  {
    field: property([
      ...['PidTagCreationTime', 'PidTagLastModificationTime', 'PidTagLocalCommitTime', 'PidTagLocalCommitTimeMax'],
      ...['PidTagHierRev', 'PidTagDeletedOn', 'PidTagReportTime']
    ]),
    why: 'when the server did something'
  },
  {
    field: property([
      ...['PidTagChangeKey', 'PidTagPredecessorChangeList', 'PidTagChangeNumber', 'PidTagHierarchyChangeNumber'],
      ...['PidTagInternetArticleNumber', 'PidTagDeletedCountTotal']
    ]),
    why: 'changes are numbered by each server'
  },
  {
    field: property(['PidTagSearchKey', 'PidTagInternetMessageId', 'PidTagConversationIndex', 'PidTagConversationId']),
    why: 'a random number is in it'
  },
  { field: property(['PidTagInstanceKey']), why: 'opaque bytes, which each server forms as it likes' },
  { field: /(^|\/)bookmark$|(^|\/)collapseState$/, why: 'opaque bytes, which each server forms as it likes' },
  { field: /^state\/(position|totalRecords)$/, why: 'approximate by its definition ([MS-OXNSPI] 2.2.8)' }
]

export function maskOf(path: string): Mask | undefined {
  return masks.find(mask => mask.field.test(path))
}
