/**
 * What this server serves. Only that is published: a URL that leads nowhere makes Outlook refuse to start, and it keeps the
 * answer on its disk.
 */
export interface PublishedServices {
  /** The address book over MAPI/HTTP. */
  readonly addressBook: boolean
  /** Logons to the public folders: where to find them is told. */
  readonly publicFolders: boolean
  /** RPC over HTTP: EXPR and EXHTTP blocks. */
  readonly rpcHttp: boolean
  /** Exchange Web Services. */
  readonly ews: boolean
  /** GUID of the offline address book, null when there is none. */
  readonly oab: string | null
  /** Outlook on the web. */
  readonly owa: boolean
  /** The control panel, whose pages Outlook opens for what it has no dialog of its own for. */
  readonly ecp: boolean
  /** Unified messaging. */
  readonly um: boolean
}

export const onlyMapiHttp: PublishedServices = {
  addressBook: true,
  publicFolders: true,
  rpcHttp: false,
  ews: false,
  oab: null,
  owa: false,
  ecp: false,
  um: false
}
