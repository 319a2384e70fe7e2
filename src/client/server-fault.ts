import { readFileSync } from 'node:fs'
import { AutodiscoverError } from './autodiscover.js'
import { HttpConnectionError, type HttpConnectionOptions } from './http-connection.js'
import { serverAddress } from './server-address.js'

/** Why a server cannot be used, and what a person can do about it. */
export interface ServerFault {
  readonly message: string
  readonly hint: string
}

const TLS_FAULT = /CERT|SELF_SIGNED|UNABLE_TO|ERR_TLS/

/** What went wrong while connecting to a server or asking it, in words for a person; undefined for what is no fault of the connection. */
export function serverFault(error: unknown, { url, user }: { url: string; user: string }): ServerFault | undefined {
  const { code = '', message } = error as NodeJS.ErrnoException
  if (error instanceof AutodiscoverError) {
    return {
      message: `${url} has no mailbox for ${user}: ${message}.`,
      hint: 'Check --user and --password, and --auth: a server may offer Basic, NTLM or both.'
    }
  }
  if (typeof code === 'string' && TLS_FAULT.test(code)) {
    return {
      message: `${url} is not trusted: ${message}.`,
      hint: 'Name the authority that signed its certificate with --ca, e.g. --ca data/tls/ca.crt.'
    }
  }
  if (error instanceof HttpConnectionError || (typeof code === 'string' && /^E[A-Z]+$/.test(code)))
    return { message: `${url} does not answer: ${message}.`, hint: 'Is the server running, and is this its port?' }
  return undefined
}

/** Where a server is that a person named with `--server` and `--ca`; or what is wrong with these. */
export function namedServer(url: string, caFile: string | undefined): HttpConnectionOptions | ServerFault {
  try {
    return serverAddress(url, caFile === undefined ? undefined : readFileSync(caFile, 'utf8'))
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    if (code === 'ENOENT') return { message: `${caFile} does not exist.`, hint: 'Name the PEM file of the authority.' }
    return { message: `--server ${url}: ${message}`, hint: 'Give it like http://127.0.0.1:8080 or https://host:8443.' }
  }
}
