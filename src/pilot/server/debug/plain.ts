/**
 * A value as plain data for JSON: maps become objects, 64-bit integers strings, bytes base64; what is not set is left
 * out.
 */
export function toPlain(value: unknown): unknown {
  if (typeof value === 'bigint') return value.toString();
  if (typeof value === 'number' && !Number.isFinite(value)) return String(value);
  if (typeof value !== 'object' || value === null) return value;
  if (value instanceof Uint8Array) {
    return Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('base64');
  }
  if (Array.isArray(value)) return value.map(toPlain);
  // Without a prototype a key may be called `__proto__`.
  const plain = Object.create(null) as Record<string, unknown>;
  const entries: Iterable<[unknown, unknown]> = value instanceof Map ? value : Object.entries(value);
  for (const [key, member] of entries) if (member !== undefined) plain[String(key)] = toPlain(member);
  return plain;
}
