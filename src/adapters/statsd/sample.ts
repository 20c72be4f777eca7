import { Duration, Timestamp, type Value, type ValueType } from 'fairlead/sdk';
import { type GoTemplate, RenderError, type TemplateData } from 'fairlead/sdk/gotemplate';

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

/** The name that a template makes of values of the types that dimensions have, which shows whether it can work. */
export function sampleName(template: GoTemplate, types: Readonly<Record<string, ValueType>>): string | RenderError {
  const data = Object.create(null) as Record<string, Value | undefined>;
  for (const [name, type] of Object.entries(types)) data[name] = samples[type];
  return nameOrError(template, data);
}

/** The name that a template makes; or why it cannot be applied. */
export function nameOrError(template: GoTemplate, data: TemplateData): string | RenderError {
  try {
    return template.render(data);
  } catch (error) {
    if (error instanceof RenderError) return error;
    throw error;
  }
}
