/**
 * What a version of Exchange does differently, as named traits. The law includes the Product Behavior notes of the
 * protocol documents: where a note names the version that the server claims to be, the note wins over the main text.
 * Handlers ask a trait, never a version number. Every trait names the note that it comes from.
 */
export interface Personality {
  /** Name as world files and the command line spell it. */
  readonly name: string
  /** Server version that Connect answers and X-ServerApplication shows, e.g. 15.01.2507.055. */
  readonly version: readonly [number, number, number, number]
  /** Milliseconds between two PENDING keep-alives, X-PendingPeriod ([MS-OXCMAPIHTTP] R158001, R158002). */
  readonly pendingPeriodMs: number
}

/** Exchange Server 2016, last cumulative update: the default. */
export const exchange2016: Personality = {
  name: 'exchange2016',
  version: [15, 1, 2507, 55],
  pendingPeriodMs: 30000
}
