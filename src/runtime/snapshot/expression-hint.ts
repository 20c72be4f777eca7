import type { Vocabulary } from '../../attributes/index.js';
import { suggest } from '../../config/index.js';
import type { CompileError } from '../../expr/index.js';

/**
 * What to do about an expression that does not compile, as the end of a message: empty, or text that starts with a
 * semicolon. Knows the mistakes that people make most: text without quotes, a misspelt attribute, a map key written
 * with a dot.
 */
export function expressionHint(error: CompileError, source: string, vocabulary: Vocabulary): string {
  const attribute = error.detail['attribute'];
  if (error.kind !== 'UNKNOWN_ATTRIBUTE' || typeof attribute !== 'string') return '';
  const meant = mapKey(attribute, vocabulary) ?? suggest(attribute, visibleNames(vocabulary));
  if (meant !== undefined) return `; did you mean ${meant}?`;
  if (attribute.includes('.') || vocabulary.size === 0) return '';
  // In YAML, text that is the whole value needs quotes around its quotes.
  const text = source.trim() === attribute ? `'"${attribute}"'` : `"${attribute}"`;
  return `; if text is meant, write ${text}`;
}

/** `source.labels.app` is `source.labels["app"]`. */
function mapKey(name: string, vocabulary: Vocabulary): string | undefined {
  for (let dot = name.lastIndexOf('.'); dot > 0; dot = name.lastIndexOf('.', dot - 1)) {
    const map = name.slice(0, dot);
    const slot = vocabulary.slotOf(map);
    if (slot !== undefined && vocabulary.typeOf(slot) === 'STRING_MAP') return `${map}["${name.slice(dot + 1)}"]`;
  }
  return undefined;
}

/** Without the outputs of actions, whose names nobody writes. */
function visibleNames(vocabulary: Vocabulary): readonly string[] {
  return vocabulary.names().filter((name) => !name.includes('/'));
}
