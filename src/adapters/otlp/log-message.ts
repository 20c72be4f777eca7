import type { Timestamp } from 'fairlead/sdk';
import { cutText } from 'fairlead/sdk/tracing';

import { type Attributes, unixNanos, writeAnyValue, writeKeyValue } from './attributes.js';
import type { Write } from './sink.js';

/** A log record before it is written. */
export interface LogRecord {
  /** Name of the instance. */
  readonly eventName: string;
  readonly time: Timestamp | undefined;
  readonly observed: Timestamp;
  readonly severityNumber: number;
  readonly severityText: string;
  readonly body: string | undefined;
  readonly attributes: Attributes;
  readonly traceId: string | undefined;
  readonly spanId: string | undefined;
}

/** A LogRecord (opentelemetry/proto/logs/v1/logs.proto). */
export const writeLogRecord: Write<LogRecord> = (sink, record) => {
  const { time, severityNumber, severityText, body, traceId, spanId } = record;
  if (time !== undefined) sink.fixed64(1, 'timeUnixNano', unixNanos(time));
  if (severityNumber !== 0) sink.uint32(2, 'severityNumber', severityNumber);
  if (severityText !== '') sink.text(3, 'severityText', cutText(severityText));
  if (body !== undefined) sink.message(5, 'body', (inner) => writeAnyValue(inner, body));
  sink.messages(6, 'attributes', record.attributes, writeKeyValue);
  if (traceId !== undefined) sink.id(9, 'traceId', traceId);
  if (spanId !== undefined) sink.id(10, 'spanId', spanId);
  sink.fixed64(11, 'observedTimeUnixNano', unixNanos(record.observed));
  sink.text(12, 'eventName', record.eventName);
};
