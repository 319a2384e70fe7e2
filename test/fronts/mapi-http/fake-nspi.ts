import type { Nspi, NspiCaller, NspiResult } from '../../../src/nspi/nspi.js'

export interface NspiCall {
  method: string
  caller: NspiCaller
  request: unknown
}

type Method = keyof Nspi
type Answer = NspiResult & Record<string, unknown>

/** An address book without entries: records what it is asked and answers what the test wants. */
export class FakeNspi {
  readonly calls: NspiCall[] = []
  /** Answers by method; a function may throw or promise. */
  readonly answers = new Map<Method, Answer | (() => Answer | Promise<Answer>)>()
  /** The same, as what it stands for. */
  readonly nspi: Nspi = new Proxy({} as Nspi, {
    get: (_target, method) => (caller: NspiCaller, request: unknown) => this.take(method as Method, caller, request)
  })

  constructor() {
    this.answers.set('bind', { errorCode: 0, serverGuid: '24eb51e4-fdec-4a9b-8f96-cf8a0ce006d8' })
  }

  get last(): NspiCall {
    return this.calls[this.calls.length - 1]
  }

  private take(method: Method, caller: NspiCaller, request: unknown): unknown {
    this.calls.push({ method, caller, request })
    const answer = this.answers.get(method)
    if (answer === undefined) throw new Error(`the test has no answer for ${method}`)
    return typeof answer === 'function' ? answer() : answer
  }
}
