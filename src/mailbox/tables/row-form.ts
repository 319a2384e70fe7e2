import type { PropertyTag } from '../../oxcdata/property-tag.js'
import { PtypMultipleString8, PtypString8 } from '../../oxcdata/property-type.js'

/**
 * The form that rows are written in: columns, and the code page where a column is 8-bit. One object for each, so that a
 * row which remembers its bytes knows by identity whether they serve. Everybody who may read a folder sees the same
 * cells; once that is no longer so, the reader's rights belong to the form.
 */
export interface RowForm {
  readonly key: string
}

/** Clients have a few lists of columns; whoever makes up more than these gets forms that nobody shares. */
const MOST_FORMS = 256
const forms = new Map<string, RowForm>()

export function rowForm(columns: readonly PropertyTag[], codePage: number): RowForm {
  const key = columns.some(isString8) ? `${codePage}:${columns.join()}` : columns.join()
  let form = forms.get(key)
  if (form === undefined) {
    if (forms.size >= MOST_FORMS) forms.clear()
    form = { key }
    forms.set(key, form)
  }
  return form
}

function isString8(column: PropertyTag): boolean {
  const type = column & 0xffff
  return type === PtypString8 || type === PtypMultipleString8
}
