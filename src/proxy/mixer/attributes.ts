import { Duration, Timestamp, type Value } from '../../client/index.js';
import type { Attributes, Attributes_AttributeValue } from '../../gen/istio/mixer/v1/attributes.js';

/** Plain attributes of a configuration as values; what has no value is left out. */
export function toAttributeSet(message: Attributes | undefined): ReadonlyMap<string, Value> {
  const set = new Map<string, Value>();
  for (const [name, value] of Object.entries(message?.attributes ?? {})) {
    const found = toValue(value);
    if (found !== undefined) set.set(name, found);
  }
  return set;
}

function toValue(value: Attributes_AttributeValue): Value | undefined {
  const { timestampValue: time, durationValue: span, stringMapValue: map } = value;
  if (time !== undefined) return new Timestamp(Number(time.seconds), time.nanos);
  if (span !== undefined) return Duration.fromNanos(span.seconds * 1_000_000_000n + BigInt(span.nanos));
  if (map !== undefined) return new Map(Object.entries(map.entries));
  return value.stringValue ?? value.int64Value ?? value.doubleValue ?? value.boolValue ?? value.bytesValue;
}
