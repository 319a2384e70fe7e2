export { AddressBookEndpoint, type AddressBookEndpointOptions } from './address-book-endpoint.js'
export { type EmsmdbPort, MailboxEndpoint, type MailboxEndpointOptions } from './mailbox-endpoint.js'
export { otherPaths } from './other-paths.js'
export { ResponseCode } from './response-code.js'
