/**
 * Writes `openapi.json` and the table in `README.md` anew: run it after a change of the operations,
 * `node .build/src/fronts/admin/generate-openapi.js`. A test fails when they are stale.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { withTable } from './describe-table.js'
import { describeOperations } from './openapi.js'
import { openApiFile } from './openapi-operations.js'
import { operations } from './operations.js'

writeFileSync(openApiFile, `${JSON.stringify(describeOperations(operations), null, 2)}\n`)
const readme = join(dirname(openApiFile), 'README.md')
writeFileSync(readme, withTable(readFileSync(readme, 'utf8'), operations))
