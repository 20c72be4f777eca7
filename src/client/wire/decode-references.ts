import { globalDictionary, type Reference } from '../../attributes/index.js';
import { type ReferencedAttributes, ReferencedAttributes_Condition } from '../../gen/istio/mixer/v1/attributes.js';
import type { AttributeSet, Dependencies } from '../transport.js';

/**
 * Reads what an answer depends on; undefined when it cannot be told. The map key of a match counts when the request's
 * attribute is a map: its 0 is both "no key" and the first global word (mixer-core.md 1.8).
 */
export function decodeReferences(message: ReferencedAttributes | undefined, attributes: AttributeSet): Dependencies {
  const references: Reference[] = [];
  if (message === undefined) return references;
  const word = (index: number): string | undefined =>
    index >= 0 ? globalDictionary[index] : message.words[-index - 1];
  for (const { name: nameIndex, condition, mapKey } of message.attributeMatches) {
    const name = word(nameIndex);
    if (name === undefined) return undefined;
    const key = isMap(attributes.get(name)) ? word(mapKey) : '';
    if (key === undefined) return undefined;
    const known = conditions.get(condition);
    if (known === undefined) return undefined;
    references.push({ name, key: isMap(attributes.get(name)) ? key : undefined, condition: known });
  }
  return references;
}

const conditions: ReadonlyMap<ReferencedAttributes_Condition, Reference['condition']> = new Map([
  [ReferencedAttributes_Condition.ABSENCE, 'ABSENCE'],
  [ReferencedAttributes_Condition.EXACT, 'EXACT'],
]);

function isMap(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'entries' in value && 'get' in value;
}
