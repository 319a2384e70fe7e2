import type { Directory } from '../../directory/directory.js'
import type { Principal } from '../../directory/principal.js'
import type { Runtime } from '../../runtime.js'
import { HttpDate } from '../http/http-date.js'
import { CookieName, setCookie } from './cookies.js'

/** The Set-Cookie lines that tell a load balancer where a mailbox is: the same in all answers about it. */
interface PlaceLines {
  readonly routing: string
  readonly backEnd: string
  /** Of the back-end cookie, as written into the line. */
  readonly expires: string
}

const BACK_END_COOKIE_MS = 600_000
/** Mailboxes whose lines are kept; beyond it all are forgotten and made again, which costs a microsecond each. */
const KEPT = 4096

/** Whose mailbox a request names, and what answers about that mailbox say; both are found out once per mailbox. */
export class MailboxOwners {
  private readonly directory: Directory
  private readonly byMailboxId = new Map<string, Principal>()
  private readonly plain = new Map<string, PlaceLines>()
  private readonly secure = new Map<string, PlaceLines>()
  private readonly expiry: HttpDate
  private generation = -1

  constructor(directory: Directory, runtime: Runtime) {
    this.directory = directory
    this.expiry = new HttpDate(runtime, BACK_END_COOKIE_MS)
  }

  /** The owner of the mailbox that `guid@domain` names; undefined when there is none. */
  find(mailboxId: string): Principal | undefined {
    if (this.generation !== this.directory.generation) {
      this.byMailboxId.clear()
      this.generation = this.directory.generation
    }
    const known = this.byMailboxId.get(mailboxId)
    if (known !== undefined) return known
    const at = mailboxId.indexOf('@')
    const owner = at < 0 ? undefined : this.directory.byMailboxGuid(mailboxId.slice(0, at))
    if (owner === undefined || owner.domain !== mailboxId.slice(at + 1).toLowerCase()) return undefined
    return remember(this.byMailboxId, mailboxId, owner)
  }

  cookieLines(owner: Principal, secure: boolean): PlaceLines {
    const kept = secure ? this.secure : this.plain
    const expires = this.expiry.now()
    const known = kept.get(owner.mailboxGuid)
    if (known !== undefined && known.expires === expires) return known
    const place = Buffer.from(`${owner.mailboxGuid}@${owner.domain}`, 'latin1').toString('base64url')
    return remember(kept, owner.mailboxGuid, {
      routing: setCookie(CookieName.routing, place, '/mapi/', secure),
      backEnd: setCookie(CookieName.backEnd, place, '/mapi', secure, expires),
      expires
    })
  }
}

function remember<T>(map: Map<string, T>, key: string, value: T): T {
  if (map.size >= KEPT) map.clear()
  map.set(key, value)
  return value
}
