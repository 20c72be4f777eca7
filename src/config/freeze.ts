function refuse(): never {
  throw new TypeError('this map is read-only');
}

/** Makes a map refuse changes. Object.freeze alone does not reach what a map holds. */
export function freezeMap<K, V>(map: Map<K, V>): ReadonlyMap<K, V> {
  const value = refuse;
  return Object.freeze(Object.defineProperties(map, { set: { value }, delete: { value }, clear: { value } }));
}
