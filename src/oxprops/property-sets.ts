/** The property sets under the name by which the rest of the code imports them. */
export * from './property-sets.generated.js'
