const special = /[\u0130\u03a3]/;

/**
 * Lower-cases letter by letter, as Go does. JavaScript differs for two letters: it looks at the neighbours of a sigma
 * and turns a dotted capital I into two characters.
 */
export function toLower(text: string): string {
  if (!special.test(text)) return text.toLowerCase();
  return text.replaceAll('\u0130', 'i').replaceAll('\u03a3', '\u03c3').toLowerCase();
}
