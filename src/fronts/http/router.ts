import type { HttpRequest } from './http-request.js'
import type { HttpResponse } from './http-response.js'

/** A place that a front serves. */
export interface Route {
  /** Path in lower case. One that ends in `*` serves everything below it, unless another route is more exact. */
  readonly path: string
  /** Ask for credentials before the handler runs; `optional`: only those that come are looked at, and wrong ones refused. */
  readonly authenticate: boolean | 'optional'
  /** Largest body that is kept for the handler; a larger one is read, dropped and reported as `bodyTooLarge`. */
  readonly bodyLimitBytes: number
  /** Methods named in `Allow` when an OPTIONS request comes. */
  readonly methods: readonly string[]
  /** Answers through `response`; a rejection becomes a 500 or, when the response has begun, a broken connection. */
  handle(request: HttpRequest, response: HttpResponse): void | Promise<void>
}

/** Finds the route of a path; a final slash makes no difference. */
export class Router {
  private readonly exact = new Map<string, Route>()
  private readonly below: { prefix: string; route: Route }[] = []

  add(...routes: readonly Route[]): this {
    for (const route of routes) {
      if (route.path.endsWith('*')) {
        this.below.push({ prefix: route.path.slice(0, -1), route })
        this.below.sort((a, b) => b.prefix.length - a.prefix.length)
      } else {
        const path = route.path.length > 1 && route.path.endsWith('/') ? route.path.slice(0, -1) : route.path
        this.exact.set(path, route)
      }
    }
    return this
  }

  find(path: string): Route | undefined {
    const trimmed = path.length > 1 && path.charCodeAt(path.length - 1) === 0x2f ? path.slice(0, -1) : path
    const route = this.exact.get(trimmed)
    return route ?? this.below.find(({ prefix }) => path.startsWith(prefix))?.route
  }
}
