import { test } from 'tap'
import { discover } from '../../../src/client/autodiscover.js'
import { type Answer, ask, requestFor, serveAutodiscover } from './autodiscover-server.js'

const MAPI = { 'X-MapiHttpCapability': '1' }

/** The answer with everything taken out that belongs to one mailbox. */
function formOf({ status, headers, xml }: Answer, address: string): string {
  const shown = headers.filter(([name]) => name !== 'date' && name !== 'content-length')
  const masked = xml
    .replaceAll(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}@/g, 'GUID@')
    .replaceAll(/cn=[0-9a-f]{32}-/g, 'cn=HEX-')
    .replaceAll(address, 'ADDRESS')
    .replaceAll(address.split('@')[0], 'ALIAS')
  return JSON.stringify([status, shown, masked])
}

/** Which characters are the same in all of many ids, and those that take few values. */
function fixedDigits(ids: string[][], which: number): [at: number, values: string][] {
  const found: [number, string][] = []
  for (let at = 0; at < ids[0][which].length; at++) {
    const values = [...new Set(ids.map(id => id[which][at]))].sort().join('')
    if (values.length <= 4) found.push([at, values])
  }
  return found
}

test('without credentials, when the setting says so', async t => {
  const server = await serveAutodiscover({ anonymous: true })
  t.teardown(server.close)
  const { alice, port } = server
  const nobody = { as: null, headers: MAPI }
  const answer = await server.ask(ask('Alice@Example.com'), nobody)
  t.equal(answer.status, 200)
  t.equal(answer.at('User/LegacyDN'), alice.legacyDn, 'a mailbox that works')
  t.match(answer.at('Account/Protocol/MailStore/ExternalUrl'), alice.mailboxGuid)
  t.notMatch(answer.xml, /Alice|bob/, 'but nothing that says who has it')
  t.equal((await server.ask('', { as: null, method: 'GET' })).at('Error/ErrorCode'), '600')
  t.equal((await server.ask(ask('alice@example.com'), { password: 'wrong' })).status, 401, 'wrong ones are refused')
  t.equal((await server.ask(ask('alice@example.com'))).at('User/DisplayName'), 'Alice <Ä>', 'right ones count')
  const found = await discover({ host: '127.0.0.1', port }, 'alice@example.com')
  t.match(found, { legacyDn: alice.legacyDn, displayName: 'alice@example.com' })
  const { organization } = server.directory
  t.equal(found.deploymentId, organization.deploymentId)
})

test('who exists is not told to somebody without credentials', async t => {
  const server = await serveAutodiscover({ anonymous: true })
  t.teardown(server.close)
  await server.directory.add({ kind: 'group', address: 'all@example.com', displayName: 'All' })
  await server.directory.add({ kind: 'publicFolderMailbox', address: 'pf@example.com', displayName: 'Public Folders' })
  for (const headers of [MAPI, {}]) {
    const known = await server.ask(ask('alice@example.com'), { as: null, headers })
    const form = formOf(known, 'alice@example.com')
    for (const address of [
      'bob@example.com',
      'nobody@example.com',
      'a.smith@example.com',
      'all@example.com',
      'pf@example.com'
    ]) {
      const answer = await server.ask(ask(address), { as: null, headers })
      t.equal(formOf(answer, address), form, `as for Alice: ${address}`)
      const again = await server.ask(ask(address.toUpperCase()), { as: null, headers })
      t.equal(again.xml, answer.xml, 'and the same each time')
    }
  }
  const idsOf = async (address: string) => {
    const { xml } = await server.ask(ask(address), { as: null, headers: MAPI })
    return [/MailboxId=(.{36})@/.exec(xml)?.[1] ?? '', /cn=Recipients\/cn=(.{32})-/.exec(xml)?.[1] ?? '']
  }
  const known: string[][] = []
  const unknown: string[][] = []
  for (let i = 0; i < 50; i++) {
    await server.directory.add({ address: `known${i}@example.com`, displayName: 'Known' })
    known.push(await idsOf(`known${i}@example.com`))
    unknown.push(await idsOf(`unknown${i}@example.com`))
  }
  t.equal(new Set([...known, ...unknown].flat()).size, 200, 'ids of their own')
  for (const which of [0, 1])
    t.same(fixedDigits(unknown, which), fixedDigits(known, which), 'whose form is that of real ones')
  const code = async (body: string) => (await server.ask(body, { as: null })).at('Error/ErrorCode')
  t.equal(await code(ask('alice@elsewhere.example')), '500', 'domains are no secret')
  t.equal(await code(ask('alice')), '500')
  t.equal(await code(ask(`${server.alice.mailboxGuid}@elsewhere.example`)), '500')
  t.equal(await code(requestFor(`<LegacyDN>${server.alice.legacyDn}</LegacyDN>`)), '500', 'nor are DNs looked up')
})
