export { AutodiscoverEndpoint, type AutodiscoverOptions } from './autodiscover-endpoint.js'
