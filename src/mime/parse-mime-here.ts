import PostalMime, { type Email } from 'postal-mime'

/** Bytes that are no message which can be taken apart; the message says why. */
export class MimeError extends Error {
  constructor(message: string) {
    super(message)
    this.name = 'MimeError'
  }
}

const NESTED_PARTS = 100
const HEAD_BYTES = 1 << 20

/** Takes a MIME message apart on the thread at hand. Messages inside it stay whole, as attachments. */
export async function parseMimeHere(bytes: Uint8Array): Promise<Email> {
  try {
    return await PostalMime.parse(bytes, {
      forceRfc822Attachments: true,
      maxNestingDepth: NESTED_PARTS,
      maxHeadersSize: HEAD_BYTES
    })
  } catch (error) {
    throw new MimeError(error instanceof Error ? error.message : String(error))
  }
}
