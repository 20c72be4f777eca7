import { Duration, Timestamp, type Value, type ValueType } from 'fairlead/sdk';
import type { TemplateData } from 'fairlead/sdk/gotemplate';

const samples: Readonly<Record<ValueType, Value | undefined>> = {
  VALUE_TYPE_UNSPECIFIED: undefined,
  STRING: 'text',
  INT64: 1n,
  DOUBLE: 1.5,
  BOOL: true,
  TIMESTAMP: new Timestamp(0, 0),
  IP_ADDRESS: new Uint8Array(16),
  EMAIL_ADDRESS: 'ann@example.com',
  URI: 'https://example.com/',
  DNS_NAME: 'example.com',
  DURATION: Duration.fromMillis(1),
  STRING_MAP: new Map(),
};

/** Values of the types that dimensions have: what a template makes of them shows whether it can work. */
export function sampleDimensions(types: Readonly<Record<string, ValueType>>): TemplateData {
  const data = Object.create(null) as Record<string, Value | undefined>;
  for (const [name, type] of Object.entries(types)) data[name] = samples[type];
  return data;
}
