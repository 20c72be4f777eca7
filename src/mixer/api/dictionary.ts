import { globalDictionary } from '../../attributes/index.js';
import { MixerError } from '../../util/errors.js';

/** Refuses a caller whose global dictionary is longer than ours: its indices may mean words that we do not know. */
export function checkDictionary(globalWordCount: number): void {
  if (globalWordCount <= globalDictionary.length) return;
  throw new MixerError(
    'DICTIONARY_MISMATCH',
    `global dictionaries differ: the caller knows ${globalWordCount} words, this server ${globalDictionary.length}`,
  );
}
