import { existsSync, readFileSync } from 'node:fs'
import tap from 'tap'
import {
  namedPropertiesSource,
  parseTable,
  propertySetsSource,
  propertyTagsSource
} from '../../src/oxprops/generate.js'
import { namedProperties, PidLidLocation, PidNameKeywords } from '../../src/oxprops/named-properties.generated.js'
import { propertyName } from '../../src/oxprops/property-name.js'
import { PS_PUBLIC_STRINGS, PSETID_Appointment, propertySetNames } from '../../src/oxprops/property-sets.js'
import {
  PidTagDisplayName,
  PidTagEntryId,
  PidTagSubject,
  propertyNames
} from '../../src/oxprops/property-tags.generated.js'

const SPEC = '../shared/spec'

tap.test('tags are those of the documents', async t => {
  t.equal(PidTagSubject, 0x0037001f)
  t.equal(PidTagDisplayName, 0x3001001f)
  t.equal(PidTagEntryId, 0x0fff0102, 'the document name wins over the aliases of the same tag')
  t.equal(propertyNames.get(0x0fff0102), 'PidTagEntryId')
})

tap.test('propertyName names tags, ids under another type, and unknown tags', async t => {
  t.equal(propertyName(PidTagSubject), 'PidTagSubject')
  t.equal(propertyName(0x0037001e), 'PidTagSubject:001e')
  t.equal(propertyName(0x8fff001f), '0x8fff001f')
})

tap.test('named properties carry property set, name and type', async t => {
  t.same(PidLidLocation, { guid: PSETID_Appointment, lid: 0x8208, type: 0x001f })
  t.same(PidNameKeywords, { guid: PS_PUBLIC_STRINGS, name: 'Keywords', type: 0x101f })
  t.equal(propertySetNames.get('00020329-0000-0000-c000-000000000046'), 'PS_PUBLIC_STRINGS')
  for (const [name, property] of Object.entries(namedProperties)) {
    t.ok((property.lid === undefined) !== (property.name === undefined), `${name} has a number or a string, not both`)
  }
})

tap.test(
  'the generated files are what the generator writes',
  { skip: !existsSync(SPEC) && 'needs ../shared/spec' },
  async t => {
    const table = (name: string) => parseTable(readFileSync(`${SPEC}/${name}`, 'utf8'))
    const committed = (name: string) => readFileSync(`src/oxprops/${name}.generated.ts`, 'utf8')
    t.ok(committed('property-tags') === propertyTagsSource(table('properties.tsv')))
    t.ok(committed('property-sets') === propertySetsSource(table('guids.tsv')))
    t.ok(committed('named-properties') === namedPropertiesSource(table('named-properties.tsv')))
  }
)
