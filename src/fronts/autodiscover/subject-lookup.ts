import type { Directory } from '../../directory/directory.js'
import { isPrincipal } from '../../directory/directory-entry.js'
import type { Principal } from '../../directory/principal.js'
import type { OrganizationView } from './organization-view.js'
import type { AutodiscoverRequest } from './parse-request.js'
import type { Subject } from './settings-facts.js'
import type { StandIns } from './stand-ins.js'

const GUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/
const ADDRESS = /^[^@\s]{1,64}@[^@\s]{1,253}$/

/** Finds whose settings a request asks for; a number is the code of an error. */
export class SubjectLookup {
  constructor(
    private readonly directory: Directory,
    private readonly organization: OrganizationView,
    private readonly standIns: StandIns
  ) {}

  /**
   * For somebody with credentials: any mailbox of the organization, whosever it is; who may open it is decided where it is
   * opened. The DN counts where both are given ([MS-OXDSCLI] 3.2.5). A name that is no mailbox's is a bad address.
   */
  find({ legacyDn, emailAddress = '' }: AutodiscoverRequest): Principal | 500 | 501 {
    const entry =
      legacyDn === undefined
        ? (this.directory.entryByAddress(emailAddress) ?? this.byMailboxId(emailAddress))
        : this.directory.entryByLegacyDn(legacyDn)
    if (entry === undefined) return 500
    return isPrincipal(entry) ? entry : 501
  }

  /**
   * For nobody in particular: each address of the organization's domains has an answer, and none tells whether there is
   * such a mailbox. So it is known by its primary address only, and by no name but that.
   */
  findAnonymously({ legacyDn, emailAddress = '' }: AutodiscoverRequest): Subject | 500 {
    const address = emailAddress.toLowerCase()
    if (legacyDn !== undefined || !ADDRESS.test(address)) return 500
    const standIn = this.standIns.of(address)
    if (!this.organization.domains.has(standIn.domain)) return 500
    const { legacyDn: dn, mailboxGuid } = this.byPrimaryAddress(address) ?? standIn
    return { ...standIn, legacyDn: dn, mailboxGuid }
  }

  private byPrimaryAddress(address: string): Principal | undefined {
    const principal = this.directory.byAddress(address)
    return principal?.address === address ? principal : undefined
  }

  /** Clients ask for public folder mailboxes by `<mailbox GUID>@<domain>`. */
  private byMailboxId(emailAddress: string): Principal | undefined {
    const [guid, domain] = emailAddress.toLowerCase().split('@')
    if (!GUID.test(guid)) return undefined
    const principal = this.directory.byMailboxGuid(guid)
    return principal?.domain === domain ? principal : undefined
  }
}
