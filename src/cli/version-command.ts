import { Command } from 'commander'
import { exchange2016 } from '../personality.js'
import { packageVersion } from './package-version.js'
import { line } from './terminal.js'

/** `ropewalk version` */
export function versionCommand(): Command {
  return new Command('version')
    .description('print the version')
    .option('--json', 'as JSON')
    .action((options: { json?: boolean }) => {
      const facts = {
        ropewalk: packageVersion(),
        node: process.versions.node,
        personality: exchange2016.name,
        exchange: exchange2016.version.join('.')
      }
      if (options.json) line(JSON.stringify(facts))
      else
        line(`ropewalk ${facts.ropewalk} (Node.js ${facts.node}; behaves like ${facts.personality}, ${facts.exchange})`)
    })
}
