import type { Layout } from '../../bufferstructs/index.js'
import type { Nspi, NspiCaller, NspiRows } from '../../nspi/nspi.js'
import {
  type AddressBookRequest,
  type AddressBookRequestType,
  type AddressBookResponse,
  addressBookBodies,
  type ColumnsAndRows
} from './grammar/address-book-bodies.js'
import { format } from './session-endpoint.js'

/** A request type as a question to the address book service. */
export interface AddressBookOperation<Request = unknown> {
  readonly request: Layout<Request>
  /** The whole response body. */
  answer(nspi: Nspi, caller: NspiCaller, request: Request): Buffer | Promise<Buffer>
}

/** Request types that begin and end Session Contexts are served by the endpoint itself. */
type OperationType = Exclude<AddressBookRequestType, 'Bind' | 'Unbind'>

/** A response without what is the same in all of them. */
type Answer<T extends OperationType> = Omit<AddressBookResponse<T>, 'statusCode' | 'auxiliary'>

const NOTHING = new Uint8Array(0)

/**
 * Whatever became of the operation, the request was processed: StatusCode is zero and ErrorCode says the rest
 * ([MS-OXCMAPIHTTP] 2.2.5: even the failure bodies have a StatusCode of zero).
 */
function operation<T extends OperationType>(
  type: T,
  ask: (nspi: Nspi, caller: NspiCaller, request: AddressBookRequest<T>) => Answer<T> | Promise<Answer<T>>
): AddressBookOperation<AddressBookRequest<T>> {
  const { request, response } = addressBookBodies[type] as unknown as {
    request: Layout<AddressBookRequest<T>>
    response: Layout<AddressBookResponse<T>>
  }
  const body = (answer: Answer<T>): Buffer =>
    format(response, { statusCode: 0, ...answer, auxiliary: NOTHING } as AddressBookResponse<T>)
  return {
    request,
    answer: (nspi, caller, asked) => {
      const answer = ask(nspi, caller, asked)
      return answer instanceof Promise ? answer.then(body) : body(answer)
    }
  }
}

function tableOf({ columns, rows }: NspiRows): ColumnsAndRows | null {
  return columns === null ? null : { columns, rows }
}

/** How each request type of the address book endpoint is answered ([MS-OXCMAPIHTTP] 2.2.5, [MS-OXNSPI] 3.1.4.1). */
export const addressBookOperations = {
  CompareMIds: operation('CompareMIds', (nspi, caller, { state, minimalId1, minimalId2 }) =>
    nspi.compareMids(caller, { stat: state, mid1: minimalId1, mid2: minimalId2 })
  ),
  DNToMId: operation('DNToMId', (nspi, caller, { names }) => {
    const { errorCode, mids } = nspi.dnToMid(caller, { names })
    return { errorCode, minimalIds: mids }
  }),
  GetMatches: operation('GetMatches', async (nspi, caller, request) => {
    const answer = await nspi.getMatches(caller, {
      stat: request.state,
      mids: request.minimalIds,
      interfaceFlags: request.interfaceOptionFlags,
      filter: request.filter,
      propertyName: request.propertyName,
      rowCount: request.rowCount,
      columns: request.columns
    })
    return { errorCode: answer.errorCode, state: answer.stat, minimalIds: answer.mids, table: tableOf(answer) }
  }),
  GetPropList: operation('GetPropList', (nspi, caller, { flags, minimalId, codePage }) => {
    const { errorCode, tags } = nspi.getPropList(caller, { flags, mid: minimalId, codePage })
    return { errorCode, propertyTags: tags }
  }),
  GetProps: operation('GetProps', (nspi, caller, { flags, state, propertyTags }) => {
    const { errorCode, codePage, row } = nspi.getProps(caller, { flags, stat: state, tags: propertyTags })
    return { errorCode, codePage, propertyValues: row }
  }),
  GetSpecialTable: operation('GetSpecialTable', (nspi, caller, { flags, state, version }) => {
    const answer = nspi.getSpecialTable(caller, { flags, stat: state, version })
    return { errorCode: answer.errorCode, codePage: answer.codePage, version: answer.version, rows: answer.rows }
  }),
  GetTemplateInfo: operation('GetTemplateInfo', (nspi, caller, request) => {
    const { flags, displayType, templateDn, codePage, localeId } = request
    const answer = nspi.getTemplateInfo(caller, { flags, displayType, templateDn, codePage, localeId })
    return { errorCode: answer.errorCode, codePage: answer.codePage, row: answer.row }
  }),
  ModLinkAtt: operation('ModLinkAtt', (nspi, caller, { flags, propertyTag, minimalId, entryIds }) =>
    nspi.modLinkAtt(caller, { flags, tag: propertyTag, mid: minimalId, entryIds })
  ),
  ModProps: operation('ModProps', (nspi, caller, { state, propertyTagsToRemove, propertyValues }) =>
    nspi.modProps(caller, { stat: state, remove: propertyTagsToRemove, values: propertyValues })
  ),
  QueryRows: operation('QueryRows', (nspi, caller, { flags, state, explicitTable, rowCount, columns }) => {
    const answer = nspi.queryRows(caller, { flags, stat: state, mids: explicitTable, rowCount, columns })
    return { errorCode: answer.errorCode, state: answer.stat, table: tableOf(answer) }
  }),
  QueryColumns: operation('QueryColumns', (nspi, caller, { mapiFlags }) => {
    const { errorCode, columns } = nspi.queryColumns(caller, { flags: mapiFlags })
    return { errorCode, columns }
  }),
  ResolveNames: operation('ResolveNames', (nspi, caller, { state, propertyTags, names }) => {
    const answer = nspi.resolveNames(caller, { stat: state, columns: propertyTags, names })
    const { errorCode, codePage, mids } = answer
    return { errorCode, codePage, minimalIds: mids, table: tableOf(answer) }
  }),
  ResortRestriction: operation('ResortRestriction', (nspi, caller, { state, minimalIds }) => {
    const { errorCode, stat, mids } = nspi.resortRestriction(caller, { stat: state, mids: minimalIds })
    return { errorCode, state: stat, minimalIds: mids }
  }),
  SeekEntries: operation('SeekEntries', (nspi, caller, { state, target, explicitTable, columns }) => {
    const answer = nspi.seekEntries(caller, { stat: state, target, mids: explicitTable, columns })
    return { errorCode: answer.errorCode, state: answer.stat, table: tableOf(answer) }
  }),
  UpdateStat: operation('UpdateStat', (nspi, caller, { state, deltaRequested }) => {
    const { errorCode, stat, delta } = nspi.updateStat(caller, { stat: state, wantsDelta: deltaRequested })
    return { errorCode, state: stat, delta }
  }),
  GetMailboxUrl: operation('GetMailboxUrl', (nspi, caller, { serverDn }) => nspi.getMailboxUrl(caller, { serverDn })),
  GetAddressBookUrl: operation('GetAddressBookUrl', (nspi, caller, { userDn }) =>
    nspi.getAddressBookUrl(caller, { userDn })
  )
} satisfies { [T in OperationType]: AddressBookOperation<AddressBookRequest<T>> }
