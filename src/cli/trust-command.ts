import { X509Certificate } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { Command } from 'commander'
import { readServerFile } from './server-file.js'
import { bold, CommandError, dim, line } from './terminal.js'

/** How to make one kind of machine or program trust the authority. */
interface TrustRecipe {
  readonly where: string
  readonly commands: readonly string[]
  readonly note?: string
}

interface TrustFacts {
  readonly caFile: string
  /** Common name. */
  readonly name: string
  readonly fingerprintSha1: string
  readonly fingerprintSha256: string
  readonly validTo: string
  readonly recipes: Readonly<Record<string, TrustRecipe>>
}

/** `ropewalk trust` */
export function trustCommand(): Command {
  return new Command('trust')
    .description("tell how to trust the server's private certification authority, on Windows, Linux and in Node.js")
    .option('--data <dir>', 'data directory of the server', './data')
    .option('--json', 'print it as JSON')
    .action(({ data, json }: { data: string; json?: boolean }) => {
      const facts = trustFacts(data)
      if (json) line(JSON.stringify(facts, null, 2))
      else print(facts)
    })
}

function trustFacts(data: string): TrustFacts {
  const server = readServerFile(data)
  if (server?.httpsUrl !== undefined && server.caFile === undefined) {
    throw new CommandError(
      'The server shows a certificate of your own (--tls-cert).',
      'Clients trust it when they trust who issued it; there is nothing of Ropewalk to trust.'
    )
  }
  const caFile = resolve(join(data, 'tls', 'ca.crt'))
  if (!existsSync(caFile)) {
    throw new CommandError(
      `${data} has no certification authority yet.`,
      'The first start of a server with a TLS port makes it: ropewalk serve'
    )
  }
  const certificate = new X509Certificate(readFileSync(caFile))
  return {
    caFile,
    name: /^CN=(.*)$/m.exec(certificate.subject)?.[1] ?? certificate.subject,
    fingerprintSha1: certificate.fingerprint,
    fingerprintSha256: certificate.fingerprint256,
    validTo: new Date(certificate.validTo).toISOString(),
    recipes: recipesFor(caFile, server?.httpsUrl ?? 'https://localhost:8443')
  }
}

function recipesFor(caFile: string, url: string): TrustFacts['recipes'] {
  return {
    windows: {
      where: 'Windows, and with it Outlook (copy ca.crt there; it asks whether you mean it)',
      commands: ['certutil -addstore -user Root ca.crt'],
      note: 'For all users of the machine, as administrator: certutil -addstore Root ca.crt'
    },
    debian: {
      where: 'Debian and Ubuntu, for every program that uses the system store',
      commands: [`sudo cp ${caFile} /usr/local/share/ca-certificates/ropewalk.crt`, 'sudo update-ca-certificates']
    },
    curl: {
      where: 'curl, for one call',
      commands: [`curl --cacert ${caFile} ${url}/healthz`],
      note: 'The curl of Windows wants --ssl-revoke-best-effort as well: a private authority publishes no revocations.'
    },
    node: { where: 'Node.js, for one process', commands: [`NODE_EXTRA_CA_CERTS=${caFile} node my-test.js`] }
  }
}

function print({ caFile, name, fingerprintSha1, fingerprintSha256, validTo, recipes }: TrustFacts): void {
  line(`${bold(name)}, valid until ${validTo.slice(0, 10)}`)
  line(`  ${'file'.padEnd(9)}${caFile}`)
  line(`  ${'SHA-256'.padEnd(9)}${fingerprintSha256}`)
  line(`  ${'SHA-1'.padEnd(9)}${fingerprintSha1}`)
  for (const { where, commands, note } of Object.values(recipes)) {
    line()
    line(`${where}:`)
    for (const command of commands) line(`  ${command}`)
    if (note !== undefined) line(dim(`  ${note}`))
  }
  line()
  line(
    dim(
      `Give away ca.crt only. With ${join(dirname(caFile), 'ca.key')} one can pass for any web server on these machines.`
    )
  )
  line(dim(`Windows forgets it with: certutil -delstore -user Root "${name}"`))
}
