import { readFileSync } from 'node:fs'
import t from 'tap'
import { parse } from 'yaml'
import { attributeNames } from '../../src/directory/index.js'
import { publishedSchema, publishedSchemaFile, publishedSchemaText } from '../../src/world/published-schema.js'
import { referenceFile, SECTIONS, withReference } from '../../src/world/reference.js'
import { examples } from '../../src/world/reference-examples.js'
import { userSchema } from '../../src/world/schema-entries.js'

const AGAIN = 'make it anew: node <build>/src/world/generate-schema.js'

t.test('the published schema and the reference are those of the schema', async t => {
  t.ok(readFileSync(publishedSchemaFile, 'utf8') === publishedSchemaText(), AGAIN)
  const page = readFileSync(referenceFile, 'utf8')
  t.ok(page === withReference(page), AGAIN)
})

t.test('every key has a description', async t => {
  const visit = (schema: unknown, path: string): void => {
    if (typeof schema !== 'object' || schema === null) return
    const { properties = {}, ...rest } = schema as { properties?: Record<string, { description?: string }> }
    for (const [key, value] of Object.entries(properties)) {
      if (value.description === undefined) t.fail(`${path}.${key} has no description`)
      visit(value, `${path}.${key}`)
    }
    for (const [key, value] of Object.entries(rest)) visit(value, `${path}.${key}`)
  }
  visit(publishedSchema(), 'world')
  t.pass('all have one')
})

t.test('the page shows an example of every key, and each example is taken', async t => {
  const page = readFileSync(referenceFile, 'utf8')
  for (const [title, , schema] of SECTIONS) {
    const example = parse(examples[title]) as Record<string, unknown>
    const result = schema.safeParse(example)
    t.ok(result.success, `${title}: ${result.error?.message}`)
    const keys = Object.keys(schema.shape).filter(key => !(attributeNames as string[]).includes(key))
    t.same(
      keys.filter(key => !(key in example)),
      [],
      `${title} shows every key`
    )
    t.ok(page.includes(`### ${title}\n`) && page.includes(examples[title]))
    for (const key of keys) t.ok(page.includes(`| \`${key}\` |`), `the page names ${key}`)
  }
  const attributes = parse(examples.Attributes) as Record<string, unknown>
  t.same(Object.keys(attributes), attributeNames)
  const user = { address: 'kim@office.example', name: 'Kim', password: 'kim' }
  t.ok(userSchema.safeParse({ ...user, ...attributes }).success)
})
