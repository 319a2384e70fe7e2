const MOST_CHARACTERS = 254

/** Whether a string is a message class as receive folders take it ([MS-OXCSTOR] 2.2.1.2.1); the empty one is, too. */
export function isMessageClass(text: string): boolean {
  return text.length <= MOST_CHARACTERS && /^[\x20-\x7e]*$/.test(text) && !/^\.|\.$|\.\./.test(text)
}
