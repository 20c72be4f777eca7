import type { InputLogEvent } from '@aws-sdk/client-cloudwatch-logs';
import { formatIp, type Instance, Timestamp, type Value } from 'fairlead/sdk';
import { type GoTemplate, parseTemplate } from 'fairlead/sdk/gotemplate';
import type { logentry } from 'fairlead/templates';
import { cutToBytes } from './text.js';

/** An event of a log, complete. */
export type LogEvent = InputLogEvent & { readonly message: string; readonly timestamp: number };

/** What CloudWatch Logs counts for an event besides its message. */
const eventOverhead = 26;
const maxMessageBytes = 256 * 1024 - eventOverhead;
/** Far more than a message holds, so that what is cut off later does not count as too much. */
const maxOutput = 64 * 2 ** 20;
const hour = 3_600_000;
const oldest = 14 * 24 * hour;
const newest = 2 * hour;

const accessLog =
  '{{or .source_ip "-"}} - {{or .source_user "-"}} [{{.timestamp.Format "2006-01-02T15:04:05Z07:00"}}] ' +
  '"{{or .method "-"}} {{or .url "-"}} {{or .protocol "-"}}" {{or .response_code "-"}} {{or .response_size "-"}}';

/** Reads the template of a message: html/template, as in Mixer. A blank one makes lines of an access log. */
export function parsePayload(template: string): ReturnType<typeof parseTemplate> {
  return parseTemplate(template.trim() === '' ? accessLog : template, { html: true, maxOutput });
}

/**
 * A log entry as CloudWatch Logs takes it; or a text that says why it cannot be sent. An entry without a time is of now.
 * Throws what the template throws.
 */
export function toEvent(instance: Instance<typeof logentry>, template: GoTemplate, now: number): LogEvent | string {
  const { timestamp = Timestamp.fromMillis(now), severity, variables } = instance;
  const millis = timestamp.seconds * 1000 + Math.floor(timestamp.nanos / 1e6);
  // Refused one by one; and a time before 1970 would have the whole batch refused.
  if (!(millis >= now - oldest)) return 'too_old';
  if (millis > now + newest) return 'too_new';
  const data = readable(variables);
  data['timestamp'] = timestamp;
  data['severity'] = severity ?? '';
  const message = template.render(data);
  if (message === '') return 'empty';
  return { message: cutToBytes(message, maxMessageBytes), timestamp: millis };
}

/** How much of a batch's bytes an event takes. */
export function sizeOfEvent({ message }: LogEvent): number {
  return Buffer.byteLength(message) + eventOverhead;
}

/** A copy in which addresses are texts, none longer than a message, and a variable may be called `__proto__`. */
function readable(variables: Readonly<Record<string, Value>>): Record<string, Value> {
  const copy = Object.create(null) as Record<string, Value>;
  for (const [name, value] of Object.entries(variables)) {
    if (value instanceof Uint8Array) copy[name] = formatIp(value);
    else copy[name] = typeof value === 'string' ? value.slice(0, maxMessageBytes) : value;
  }
  return copy;
}
