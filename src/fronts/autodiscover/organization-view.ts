import type { Directory } from '../../directory/directory.js'
import type { Principal } from '../../directory/principal.js'

interface View {
  readonly generation: number
  readonly domains: ReadonlySet<string>
  readonly publicFolderMailbox: Principal | undefined
}

/** What answers say of the whole organization, looked for again only when the directory has changed. */
export class OrganizationView {
  private view: View | undefined

  constructor(private readonly directory: Directory) {}

  /** Domains that have mailboxes. */
  get domains(): ReadonlySet<string> {
    return this.current().domains
  }

  get publicFolderMailbox(): Principal | undefined {
    return this.current().publicFolderMailbox
  }

  private current(): View {
    const { directory } = this
    if (this.view?.generation !== directory.generation) {
      this.view = {
        generation: directory.generation,
        domains: new Set(directory.domains()),
        publicFolderMailbox: directory.publicFolderMailbox()
      }
    }
    return this.view
  }
}
