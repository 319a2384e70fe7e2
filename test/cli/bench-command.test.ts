import t from 'tap'
import { run } from '../certificates/openssl.js'
import { MAIN } from '../end-to-end/server-process.js'

const bench = (...args: string[]) => run(process.execPath, [MAIN, 'bench', '--only', 'a1', ...args])

t.test('a server that cannot be measured is named, with what to do', async t => {
  const mailbox = ['--user', 'kim@bench.example', '--password', 'kim']
  t.match(await bench('--server', 'http://127.0.0.1:1'), { code: 1, text: /needs a mailbox there[\s\S]*--user/ })
  t.match(await bench('--server', 'http://127.0.0.1:1', ...mailbox), {
    code: 1,
    text: /127\.0\.0\.1:1 does not answer[\s\S]*Is the server running/
  })
  t.match(await bench('--server', 'nonsense', ...mailbox), { code: 1, text: /Invalid URL[\s\S]*Give it like http/ })
  t.match(await bench('--server', 'https://127.0.0.1:1', '--ca', 'no-such-file', ...mailbox), {
    code: 1,
    text: /no-such-file does not exist/
  })
})
