import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { Validator } from '@seriousme/openapi-schema-validator'
import t from 'tap'
import { attributeNames } from '../../../src/directory/index.js'
import { withTable } from '../../../src/fronts/admin/describe-table.js'
import { describeOperations } from '../../../src/fronts/admin/openapi.js'
import { openApiFile } from '../../../src/fronts/admin/openapi-operations.js'
import { operations } from '../../../src/fronts/admin/operations.js'
import { AdminServer } from './admin-server.js'

const HOW = 'run node .build/src/fronts/admin/generate-openapi.js'

t.test('the published description is that of the operations', async t => {
  const published = JSON.parse(readFileSync(openApiFile, 'utf8'))
  t.strictSame(published, JSON.parse(JSON.stringify(describeOperations(operations))), `openapi.json is stale: ${HOW}`)
  const readme = readFileSync(join(dirname(openApiFile), 'README.md'), 'utf8')
  t.equal(readme, withTable(readme, operations), `README.md is stale: ${HOW}`)
})

t.test('it is a valid OpenAPI 3.1 document, whose references all lead somewhere', async t => {
  const document = JSON.parse(readFileSync(openApiFile, 'utf8'))
  const validator = new Validator()
  const result = await validator.validate(structuredClone(document))
  t.ok(result.valid, JSON.stringify(result.errors)?.slice(0, 1000))
  t.equal(validator.version, '3.1')
  const references = [...JSON.stringify(document).matchAll(/"\$ref":"#\/([^"]+)"/g)].map(([, path]) => path.split('/'))
  t.ok(references.length > 50)
  for (const path of references) {
    const found = path.reduce((node: Record<string, unknown> | undefined, part) => node?.[part] as never, document)
    t.ok(found !== undefined, path.join('/'))
  }
  const broken = await new Validator().validate({ ...document, paths: { '/x': { get: { responses: 5 } } } })
  t.notOk(broken.valid, 'canary: the validator refuses what is none')
})

t.test('each operation is described, with every attribute', async t => {
  const document = JSON.parse(readFileSync(openApiFile, 'utf8'))
  const ids = new Set<string>()
  for (const { method, path, id, isOpen } of operations) {
    const described = document.paths[path][method.toLowerCase()]
    t.equal(described.operationId, id)
    t.notOk(ids.has(id), `${id} is unique`)
    ids.add(id)
    t.equal(described.security?.length, isOpen ? 0 : undefined)
    for (const [, name] of path.matchAll(/\{(\w+)\}/g)) {
      t.ok(
        described.parameters.some(
          (parameter: { in: string; name: string }) => parameter.in === 'path' && parameter.name === name
        ),
        `${id} describes ${name}`
      )
    }
  }
  t.strictSame(Object.keys(document.components.schemas.Attributes.properties), attributeNames)
})

t.test('it is served as it is published, without the token', async t => {
  const admin = await AdminServer.start(t)
  const { body } = await admin.demand(200, 'GET', '/admin/openapi.json', { token: null })
  t.strictSame(body, JSON.parse(readFileSync(openApiFile, 'utf8')))
})
