const special = /[\p{Cc}:|]/u;
const specials = new RegExp(special, 'gu');
/** Longer names are cut: the file names of a store, and the packet, have an end. */
const maxName = 512;

/** Whether a text would end the name, or the line. */
export function breaksLine(text: string): boolean {
  return special.test(text);
}

/** A name that stays within its line whatever the dimensions held. */
export function nameOf(text: string): string {
  const short = text.length > maxName ? text.slice(0, maxName) : text;
  return breaksLine(short) ? short.replaceAll(specials, '_') : short;
}
