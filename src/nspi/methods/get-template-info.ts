import { CP_WINUNICODE, demandCodePage } from '../stat.js'
import { fail } from '../status.js'

/**
 * [MS-OXNSPI] 3.1.4.1.18: how a client shows the details of an object. The server has no templates, whatever the display type,
 * DN or locale: InvalidLocale (constraint 5), at which clients fall back on their own.
 */
export function getTemplateInfo(request: { displayType: number; codePage: number; localeId: number }): never {
  if (request.codePage === CP_WINUNICODE) fail('invalidCodepage', 'Unicode for templates')
  demandCodePage(request.codePage)
  fail('invalidLocale', `no template ${request.displayType} for locale ${request.localeId}`)
}
