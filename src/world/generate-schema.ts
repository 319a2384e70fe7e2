/** Writes world.schema.json and the reference in README.md from the schema: `node .build/src/world/generate-schema.js`. */
import { readFileSync, writeFileSync } from 'node:fs'
import { publishedSchemaFile, publishedSchemaText } from './published-schema.js'
import { referenceFile, withReference } from './reference.js'

writeFileSync(publishedSchemaFile, publishedSchemaText())
writeFileSync(referenceFile, withReference(readFileSync(referenceFile, 'utf8')))
