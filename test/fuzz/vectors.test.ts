/** Inputs that the fuzzers found to break something, as they were. */
import t from 'tap'
import { RopOpenFolder } from '../../rops/folder/rop-open-folder.js'
import { RopDeletePropertiesNoReplicate } from '../../rops/property/rop-delete-properties-no-replicate.js'
import { RopGetPropertiesSpecific } from '../../rops/property/rop-get-properties-specific.js'
import { RopSetProperties } from '../../rops/property/rop-set-properties.js'
import { RopBatch } from '../../src/client/rop-batch.js'
import { checkMailbox } from '../../src/mailbox/check.js'
import { specialFid } from '../../src/mailbox/folders/special-folders.js'
import { ErrorCode } from '../../src/oxcdata/error-code.js'
import { storedString, stringOf } from '../../src/oxcdata/stored-string.js'
import * as tags from '../../src/oxprops/property-tags.generated.js'
import { LimitsClient } from '../limits/limits-client.js'

t.test('a folder cannot lose its name: not by another type, not by removal, not by a name that is none', async t => {
  const client = await LimitsClient.open()
  const batch = new RopBatch([0])
  batch.add(RopOpenFolder, { input: 0, output: 1 }, { folderId: specialFid('tasks'), openModeFlags: 0 })
  const typed = batch.add(
    RopSetProperties,
    { input: 1 },
    { propertyValues: [{ tag: 0x30010003, bytes: Buffer.alloc(4) }] }
  )
  const removed = batch.add(RopDeletePropertiesNoReplicate, { input: 1 }, { propertyTags: [0x30010000, 0x3001001f] })
  const long = { tag: tags.PidTagDisplayName, bytes: storedString('x'.repeat(257)) }
  const tooLong = batch.add(RopSetProperties, { input: 1 }, { propertyValues: [long] })
  const wanted = { propertySizeLimit: 0, wantUnicode: true, propertyTags: [tags.PidTagDisplayName] }
  const read = batch.add(RopGetPropertiesSpecific, { input: 1 }, wanted)
  await client.run(batch)
  t.match(typed.value, { propertyProblems: [{ index: 0, error: ErrorCode.ecUnexpectedType }] })
  t.equal((removed.value as { propertyProblems: unknown[] }).propertyProblems.length, 2)
  t.equal(tooLong.returnValue, ErrorCode.ecInvalidParam)
  t.equal(stringOf((read.value as { row: Uint8Array[] }).row[0]), 'Tasks')
  t.same((await checkMailbox(await client.mailbox)).problems, [])
  t.same(client.log.events, [])
})
