export { AutodiscoverEndpoint, type AutodiscoverOptions } from './autodiscover-endpoint.js'
export type { PublishedServices } from './published-services.js'
