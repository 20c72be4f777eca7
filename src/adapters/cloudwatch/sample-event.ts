import { Duration, Timestamp, type Value, type ValueType } from 'fairlead/sdk';
import { parseTemplate, RenderError } from 'fairlead/sdk/gotemplate';

const samples: Readonly<Record<ValueType, Value | undefined>> = {
  VALUE_TYPE_UNSPECIFIED: undefined,
  STRING: 'text',
  INT64: 1n,
  DOUBLE: 1.5,
  BOOL: true,
  TIMESTAMP: new Timestamp(0, 0),
  // As text, which is what templates get.
  IP_ADDRESS: '10.0.0.1',
  EMAIL_ADDRESS: 'ann@example.com',
  URI: 'https://example.com/',
  DNS_NAME: 'example.com',
  DURATION: Duration.fromMillis(1),
  STRING_MAP: new Map(),
};

/**
 * Tries a message's template on values of the types that the variables have, and says what is wrong: it cannot be
 * applied, or prints what is not there. Read as text/template, which unlike html/template shows the latter.
 */
export function tryPayload(text: string, variables: Readonly<Record<string, ValueType>>): string | undefined {
  const { template } = parseTemplate(text);
  if (template === undefined) return undefined;
  const data = Object.create(null) as Record<string, Value | undefined>;
  for (const [name, type] of Object.entries(variables)) data[name] = samples[type];
  data['timestamp'] = samples.TIMESTAMP;
  data['severity'] = samples.STRING;
  try {
    if (!template.render(data).includes('<no value>')) return undefined;
    return 'prints a variable that the log entry does not have';
  } catch (error) {
    if (error instanceof RenderError) return `cannot be applied to the variables: ${error.message}`;
    throw error;
  }
}
