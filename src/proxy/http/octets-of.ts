/**
 * A text as headers hold it, a character an octet, in UTF-8: Node's HTTP/2 would cut other characters off, and what is left
 * of them may be anything.
 */
export function octetsOf(text: string): string {
  return beyond.test(text) ? Buffer.from(text).toString('latin1') : text;
}

const beyond = /[^\0-\xff]/;
