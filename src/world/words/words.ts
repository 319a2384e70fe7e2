/** A name, and how it is written in an address. */
export interface Name {
  readonly text: string
  readonly latin: string
}

/** What generated content of one language is made of. Plain, harmless office language. */
export interface Words {
  readonly given: readonly Name[]
  readonly family: readonly Name[]
  readonly isFamilyFirst: boolean
  readonly topics: readonly string[]
  readonly sentences: readonly string[]
  readonly greeting: (name: string) => string
  readonly closing: string
  /** What stands before the subject of an answer: up to three characters, a colon, a space. */
  readonly reply: string
  readonly meetings: readonly string[]
  readonly rooms: readonly string[]
  readonly tasks: readonly string[]
  readonly companies: readonly string[]
  readonly titles: readonly string[]
  readonly categories: readonly string[]
}

/** Names from `text` or `text=latin`, with spaces between them; in latin letters they lose their accents. */
export function namesFrom(list: string): Name[] {
  return list.split(' ').map(item => {
    const [text, latin = text] = item.split('=')
    return {
      text,
      latin: latin
        .normalize('NFD')
        .replace(/[^a-zA-Z]/g, '')
        .toLowerCase()
    }
  })
}

export function fullName({ isFamilyFirst }: Words, given: Name, family: Name): string {
  return isFamilyFirst ? `${family.text} ${given.text}` : `${given.text} ${family.text}`
}
