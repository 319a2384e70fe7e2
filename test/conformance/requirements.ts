import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** Where the numbered requirements of the protocol documents lie beside the project; absent on most machines. */
export const REQUIREMENTS_FOLDER = join('..', 'shared', 'spec', 'requirements')

export interface Requirement {
  id: string
  section: string
  text: string
  testable: boolean
}

/** Product rows speak of one version; those of versions that the server does not claim to be say nothing about it. */
const OTHER_VERSIONS = /Exchange (Server )?(2003|2007|2010|2013|2019|SE)/
/** Named itself, or by an earlier version "and above". */
const THIS_VERSION =
  /Exchange (Server )?2016|Exchange (Server )?(2003|2007|2010|2013)( Service Pack \d| SP\d)? (\(?SP\d\)? )?((and|or) (above|later))/

/** All requirements of one document, in file order. */
export function readRequirements(document: string): Requirement[] {
  const [header, ...lines] = readFileSync(join(REQUIREMENTS_FOLDER, `${document}.tsv`), 'utf8')
    .trimEnd()
    .split('\n')
  const columns = header.split('\t')
  const column = (name: string): number => columns.indexOf(name)
  const [id, section, text, normative] = ['id', 'section', 'text', 'normative'].map(column)
  const [verification, scope, behavior] = ['verification', 'scope', 'behavior'].map(column)
  return lines.map(line => {
    const cells = line.split('\t')
    const ours = cells[scope] === 'Server' || cells[scope] === 'Both'
    const tested = cells[verification] === 'Adapter' || cells[verification] === 'Test Case'
    const otherVersion =
      cells[behavior] === 'Product' && OTHER_VERSIONS.test(cells[text]) && !THIS_VERSION.test(cells[text])
    const testable = cells[normative] === 'Normative' && ours && tested && !otherVersion
    return { id: cells[id], section: cells[section], text: cells[text], testable }
  })
}

/** Documents that have a requirements file, or none when the folder is absent. */
export function requirementDocuments(): string[] {
  if (!existsSync(REQUIREMENTS_FOLDER)) return []
  return readdirSync(REQUIREMENTS_FOLDER)
    .filter(name => name.endsWith('.tsv'))
    .map(name => name.slice(0, -4))
    .sort()
}
