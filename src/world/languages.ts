/** Languages that the generator can write in. */
export const LANGUAGES = ['en', 'de', 'nl', 'fr', 'es', 'ja', 'ar', 'zh'] as const
export type Language = (typeof LANGUAGES)[number]
