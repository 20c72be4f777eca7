/** An operator's text as headers hold it: in UTF-8, a character an octet. */
export function octetsOf(text: string): string {
  return Buffer.from(text).toString('latin1');
}
