/** Namespace of what surrounds every answer. */
export const ENVELOPE_SCHEMA = 'http://schemas.microsoft.com/exchange/autodiscover/responseschema/2006'

/** Namespace of an answer for Outlook, and what a request for one names as AcceptableResponseSchema. */
export const OUTLOOK_RESPONSE_SCHEMA = 'http://schemas.microsoft.com/exchange/autodiscover/outlook/responseschema/2006a'

export const OUTLOOK_REQUEST_SCHEMA = 'http://schemas.microsoft.com/exchange/autodiscover/outlook/requestschema/2006'

/** A schema as somebody wrote it; much documentation, and the clients that follow it, say https. */
export function plainSchema(schema: string): string {
  return schema.replace(/^https:/, 'http:')
}
