import { TimeSlice } from '../mailbox/time-slice.js'
import { MapiError } from '../oxcdata/map-error.js'
import { Book, type BookOptions } from './book.js'
import { bind } from './methods/bind.js'
import { compareMids } from './methods/compare-mids.js'
import { dnToMid } from './methods/dn-to-mid.js'
import { getMatches } from './methods/get-matches.js'
import { getPropList } from './methods/get-prop-list.js'
import { getProps } from './methods/get-props.js'
import { getSpecialTable } from './methods/get-special-table.js'
import { getTemplateInfo } from './methods/get-template-info.js'
import { getAddressBookUrl, getMailboxUrl } from './methods/get-urls.js'
import { modLinkAtt } from './methods/mod-link-att.js'
import { modProps } from './methods/mod-props.js'
import { queryColumns } from './methods/query-columns.js'
import { queryRows } from './methods/query-rows.js'
import { resolveNames } from './methods/resolve-names.js'
import { resortRestriction } from './methods/resort-restriction.js'
import { seekEntries } from './methods/seek-entries.js'
import { updateStat } from './methods/update-stat.js'
import type { Nspi, NspiCaller, NspiResult, NspiRows } from './nspi.js'
import { NspiStatus } from './status.js'

type Request<Method extends keyof Nspi> = Parameters<Nspi[Method]>[1]
type Answer<Method extends keyof Nspi> = Awaited<ReturnType<Nspi[Method]>>

const NO_GUID = '00000000-0000-0000-0000-000000000000'
const NO_ROWS: Omit<NspiRows, 'errorCode'> = { stat: null, columns: null, rows: [] }

/**
 * The address book of the organization as an NSPI server shows it ([MS-OXNSPI], [MS-OXOABK]). It keeps nothing of its clients: every
 * request says where it stands, and all ids are those of the directory.
 */
export class AddressBook implements Nspi {
  private readonly book: Book

  constructor(options: BookOptions) {
    this.book = new Book(options)
  }

  /**
   * Sorts the global address list and its names ahead, in slices, so that the first request does not have to. Call it at the start
   * and after many entries were added; without it the next request does the work.
   */
  async prepare(): Promise<void> {
    const slice = new TimeSlice(this.book.runtime)
    while (this.book.step()) if (slice.isDue) await slice.pause()
  }

  bind(_caller: NspiCaller, request: Request<'bind'>): Answer<'bind'> {
    return this.answer('bind', { serverGuid: NO_GUID }, () => bind(this.book, request))
  }

  compareMids(_caller: NspiCaller, request: Request<'compareMids'>): Answer<'compareMids'> {
    return this.answer('compareMids', { result: 0 }, () => compareMids(this.book, request))
  }

  dnToMid(_caller: NspiCaller, request: Request<'dnToMid'>): Answer<'dnToMid'> {
    return this.answer('dnToMid', { mids: null }, () => dnToMid(this.book, request))
  }

  getMatches(caller: NspiCaller, request: Request<'getMatches'>): ReturnType<Nspi['getMatches']> {
    const empty = { ...NO_ROWS, mids: null }
    const failed = (error: unknown): Answer<'getMatches'> => this.failure('getMatches', empty, error)
    try {
      const answer = getMatches(this.book, caller, request)
      if (!(answer instanceof Promise)) return { errorCode: NspiStatus.success, ...answer }
      return answer.then(done => ({ errorCode: NspiStatus.success, ...done }), failed)
    } catch (error) {
      return failed(error)
    }
  }

  getPropList(caller: NspiCaller, request: Request<'getPropList'>): Answer<'getPropList'> {
    return this.answer('getPropList', { tags: null }, () => getPropList(this.book, caller, request))
  }

  getProps(caller: NspiCaller, request: Request<'getProps'>): Answer<'getProps'> {
    const empty = { codePage: request.stat?.codePage ?? 0, row: null }
    return this.answer('getProps', empty, () => getProps(this.book, caller, request))
  }

  getSpecialTable(_caller: NspiCaller, request: Request<'getSpecialTable'>): Answer<'getSpecialTable'> {
    const empty = { codePage: request.stat?.codePage ?? 0, version: null, rows: null }
    return this.answer('getSpecialTable', empty, () => getSpecialTable(this.book, request))
  }

  getTemplateInfo(_caller: NspiCaller, request: Request<'getTemplateInfo'>): Answer<'getTemplateInfo'> {
    const empty = { codePage: request.codePage, row: null }
    return this.answer('getTemplateInfo', empty, () => getTemplateInfo(request))
  }

  async modLinkAtt(caller: NspiCaller, request: Request<'modLinkAtt'>): Promise<NspiResult> {
    try {
      return await modLinkAtt(this.book, caller, request)
    } catch (error) {
      return this.failure('modLinkAtt', {}, error)
    }
  }

  async modProps(caller: NspiCaller, request: Request<'modProps'>): Promise<NspiResult> {
    try {
      await modProps(this.book, caller, request)
      return { errorCode: NspiStatus.success }
    } catch (error) {
      return this.failure('modProps', {}, error)
    }
  }

  queryRows(caller: NspiCaller, request: Request<'queryRows'>): Answer<'queryRows'> {
    return this.answer('queryRows', NO_ROWS, () => queryRows(this.book, caller, request))
  }

  queryColumns(_caller: NspiCaller, request: Request<'queryColumns'>): Answer<'queryColumns'> {
    return this.answer('queryColumns', { columns: null }, () => queryColumns(request))
  }

  resolveNames(caller: NspiCaller, request: Request<'resolveNames'>): Answer<'resolveNames'> {
    const empty = { ...NO_ROWS, codePage: request.stat?.codePage ?? 0, mids: null }
    return this.answer('resolveNames', empty, () => resolveNames(this.book, caller, request))
  }

  resortRestriction(_caller: NspiCaller, request: Request<'resortRestriction'>): Answer<'resortRestriction'> {
    return this.answer('resortRestriction', { stat: null, mids: null }, () => resortRestriction(this.book, request))
  }

  seekEntries(caller: NspiCaller, request: Request<'seekEntries'>): Answer<'seekEntries'> {
    return this.answer('seekEntries', NO_ROWS, () => seekEntries(this.book, caller, request))
  }

  updateStat(_caller: NspiCaller, request: Request<'updateStat'>): Answer<'updateStat'> {
    return this.answer('updateStat', { stat: null, delta: null }, () => updateStat(this.book, request))
  }

  getMailboxUrl(caller: NspiCaller, request: Request<'getMailboxUrl'>): Answer<'getMailboxUrl'> {
    return this.answer('getMailboxUrl', { serverUrl: '' }, () => getMailboxUrl(this.book, caller, request))
  }

  getAddressBookUrl(caller: NspiCaller, request: Request<'getAddressBookUrl'>): Answer<'getAddressBookUrl'> {
    return this.answer('getAddressBookUrl', { serverUrl: '' }, () => getAddressBookUrl(this.book, caller, request))
  }

  /** Success with what a method answers, or its failure with an empty answer. */
  private answer<Empty extends object, Done extends Empty | object>(
    method: keyof Nspi,
    empty: Empty,
    work: () => Done
  ): NspiResult & (Empty | Done) {
    try {
      return { errorCode: NspiStatus.success, ...work() }
    } catch (error) {
      return this.failure(method, empty, error)
    }
  }

  private failure<Empty extends object>(method: keyof Nspi, empty: Empty, error: unknown): NspiResult & Empty {
    if (!(error instanceof MapiError)) throw error
    this.book.log.debug('nspi.refused', { method, code: error.code, detail: error.detail })
    return { errorCode: error.code, ...empty }
  }
}
