/** Clients that this project did not make log on: curl, and the NTLM of two Python libraries where they are installed. */
import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { test } from 'tap'
import { authWorld, bothSchemes, whoServer } from '../auth-world.js'

const run = promisify(execFile)
const PYTHON = process.env.PYTHON ?? 'python3'

/** Standard output of a program; undefined when it cannot be run or fails. */
async function output(program: string, args: readonly string[]): Promise<string | undefined> {
  return run(program, args, { timeout: 20_000 }).then(
    ({ stdout }) => stdout,
    () => undefined
  )
}

const curlMissing = (await output('curl', ['-V']))?.includes('NTLM') ? false : 'skipped: there is no curl with NTLM'
const moduleMissing = async (name: string) =>
  (await output(PYTHON, ['-c', `import ${name}`])) === undefined ? `skipped: Python has no ${name}` : false

/** Bodies, then status and number of connections of each transfer in brackets. */
const curl = (...args: string[]) => output('curl', ['-s', '-w', '[%{http_code} %{num_connects}]', ...args])

// Bob, because curl cannot hash a password with letters beyond ASCII.
const NAMES = ['bob', 'bob@example.com', 'EXAMPLE\\bob', 'example.com\\bob']

test('curl by NTLM', { skip: curlMissing }, async t => {
  const world = await authWorld()
  const url = `http://127.0.0.1:${await whoServer(t, world, bothSchemes(world))}`
  for (const name of NAMES) {
    t.equal(await curl('--ntlm', '-u', `${name}:secret`, `${url}/who`), 'bob 0\n[200 1]', `GET as ${name}`)
    const post = await curl('--ntlm', '-u', `${name}:secret`, '-d', 'x'.repeat(5000), `${url}/who`)
    t.equal(post, 'bob 5000\n[200 1]', `POST as ${name}`)
  }
  t.equal(await curl('--ntlm', '-u', 'alice:wrong', `${url}/who`), '[401 1]')
  t.equal(await curl('--ntlm', '-u', 'nobody:secret', '-d', 'body', `${url}/who`), '[401 1]')
  const twice = await curl('--ntlm', '-u', 'bob:secret', `${url}/who`, `${url}/who`, '-d', 'body')
  t.equal(twice, 'bob 4\n[200 1]bob 4\n[200 0]', 'one connection for both')
  const large = await curl(
    '--ntlm',
    '-u',
    'bob:secret',
    '-H',
    'Expect: 100-continue',
    '-d',
    'x'.repeat(100_000),
    `${url}/who`
  )
  t.equal(large, 'bob 100000\n[200 1]')
  t.equal(
    await curl('--anyauth', '-u', 'bob:secret', `${url}/who`),
    'bob 0\n[200 1]',
    'which chooses NTLM of what is offered'
  )
  t.equal(await curl('-u', 'bob:secret', '--ntlm', `${url}/maybe`), 'bob 0\n[200 1]')
})

test('curl by Basic', { skip: curlMissing }, async t => {
  const world = await authWorld()
  const url = `http://127.0.0.1:${await whoServer(t, world, bothSchemes(world))}`
  for (const name of NAMES) t.equal(await curl('--basic', '-u', `${name}:secret`, `${url}/who`), 'bob 0\n[200 1]', name)
  t.equal(await curl('--basic', '-u', 'alice:wrong', `${url}/who`), '[401 1]')
  t.equal(await curl(`${url}/who`), '[401 1]')
})

test('curl where a scheme is not offered', { skip: curlMissing }, async t => {
  const world = await authWorld()
  const onlyBasic = await whoServer(t, world, [world.authenticator.basicScheme('x')])
  t.equal(await curl('--ntlm', '-u', 'bob:secret', `http://127.0.0.1:${onlyBasic}/who`), '[401 1]')
  const onlyNtlm = await whoServer(t, world, [world.authenticator.ntlmScheme()])
  t.equal(await curl('--basic', '-u', 'bob:secret', `http://127.0.0.1:${onlyNtlm}/who`), '[401 1]')
})

/** Speaks HTTP over one connection; `step` is the library's: nothing gives the first message, a challenge the last. */
const HANDSHAKE = `
import base64, http.client, sys
port, user, password = int(sys.argv[1]), sys.argv[2], sys.argv[3]
connection = http.client.HTTPConnection('127.0.0.1', port)
def ask(token):
    headers = {} if token is None else {'Authorization': 'NTLM ' + base64.b64encode(token).decode()}
    connection.request('POST', '/who', b'', headers)
    answer = connection.getresponse()
    text = answer.read().decode().strip()
    return answer.status, text, answer.getheader('WWW-Authenticate') or ''
_, _, challenge = ask(step(None))
status, text, _ = ask(step(base64.b64decode(challenge.split(' ')[1])))
print(status, text, *ask(None)[:2])
`

const PYSPNEGO = `
import spnego
def step(challenge, context=[]):
    if not context:
        flags = spnego.ContextReq.integrity | spnego.ContextReq.confidentiality if len(sys.argv) > 4 else spnego.ContextReq.none
        context.append(spnego.client(user, password, hostname='127.0.0.1', service='http', protocol='ntlm', context_req=flags))
    return context[0].step(challenge)
`

const IMPACKET = `
from impacket import ntlm
def step(challenge, offer=[]):
    domain, _, name = user.rpartition('\\\\')
    if challenge is None:
        offer.append(ntlm.getNTLMSSPType1('', '', signingRequired=len(sys.argv) > 4, use_ntlmv2=True))
        return offer[0].getData()
    return ntlm.getNTLMSSPType3(offer[0], challenge, name, password, domain, use_ntlmv2=True)[0].getData()
`

for (const [library, step] of [
  ['spnego', PYSPNEGO],
  ['impacket', IMPACKET]
]) {
  test(`Python's ${library}`, { skip: await moduleMissing(library) }, async t => {
    const world = await authWorld()
    const port = await whoServer(t, world, bothSchemes(world))
    const program = HANDSHAKE.replace('connection = ', `${step}\nconnection = `)
    const logOn = (...args: string[]) => output(PYTHON, ['-c', program, String(port), ...args])
    for (const name of ['EXAMPLE\\alice', 'alice', 'alice@example.com']) {
      t.equal(await logOn(name, 'pass:wörd'), '200 alice 0 200 alice 0\n', name)
      t.equal(await logOn(name, 'pass:wörd', 'signed'), '200 alice 0 200 alice 0\n', `${name}, with a session key`)
    }
    t.equal(await logOn('alice', 'wrong'), '401  401 \n')
    t.equal(await logOn('OTHER\\alice', 'pass:wörd'), '401  401 \n')
  })
}
