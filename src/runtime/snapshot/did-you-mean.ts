import { suggest } from '../../config/index.js';

/** The end of a message about an unknown name: the likely one, or else all. */
export function didYouMean(name: string, known: readonly string[]): string {
  const meant = suggest(name, known);
  return meant === undefined ? `; known are ${known.join(', ')}` : `; did you mean ${meant}?`;
}
