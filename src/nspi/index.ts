export { AddressBook } from './address-book.js'
export type { BookOptions as AddressBookOptions } from './book.js'
export type { Nspi, NspiCaller, NspiResult, NspiRow, NspiRows, NspiValue, Stat } from './nspi.js'
