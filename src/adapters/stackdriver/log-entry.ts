import { formatIp, type Instance, Timestamp, type Value } from 'fairlead/sdk';
import { type GoTemplate, parseTemplate, RenderError } from 'fairlead/sdk/gotemplate';
import type { logentry } from 'fairlead/templates';
import type { LogInfo } from './config.js';
import { httpRequestOf } from './http-request.js';
import type { Metadata } from './metadata.js';
import { labelPairs, type Labels, resourceOf, type Values } from './resource.js';
import { severityOf } from './severity.js';
import { cleanText } from './text.js';

// An entry may have 256 KiB in all.
const maxPayloadLength = 32_768;
const maxLabelLength = 8192;

/** A log as it was configured. */
export interface LogDefinition {
  readonly labelNames: readonly string[];
  readonly payload: GoTemplate | undefined;
  readonly httpMapping: LogInfo['httpMapping'];
}

/** What an entry has besides what its instance says. */
export interface EntryContext {
  readonly now: number;
  readonly insertId: string;
  readonly metadata: Metadata;
  /** Told when the payload could not be made in full. */
  readonly cutShort: (error: string) => void;
}

/** Prepares a log; its template has been found sound. */
export function defineLog({ labelNames, payloadTemplate, httpMapping }: LogInfo): LogDefinition {
  const payload = parseTemplate(payloadTemplate, { maxOutput: maxPayloadLength }).template;
  return { labelNames, payload, httpMapping };
}

/** Writes a LogEntry (adapters.md 4.8). Mixer takes the time at which it is reported, not the instance's. */
export function encodeEntry(
  entry: Instance<typeof logentry>,
  { labelNames, payload, httpMapping }: LogDefinition,
  { now, insertId, metadata, cutShort }: EntryContext,
): string {
  const { name, variables } = entry;
  const resourceType = entry.monitoredResourceType ?? '';
  return JSON.stringify({
    logName: logName(metadata.projectId, name),
    resource: resourceOf(
      resourceType,
      resourceType === '' ? [] : labelPairs(entry.monitoredResourceDimensions),
      metadata,
    ),
    timestamp: Timestamp.fromMillis(now).toString(),
    severity: severityOf(entry.severity ?? ''),
    insertId,
    labels: labelsOf(labelNames, variables),
    textPayload: cleanText(render(payload, variables, cutShort), maxPayloadLength),
    httpRequest: httpMapping === undefined ? undefined : httpRequestOf(httpMapping, variables),
  });
}

/** The full name of a log; a slash in an instance's name is no part of the path. */
function logName(projectId: string, name: string): string {
  return `projects/${projectId}/logs/${encodeURIComponent(name)}`;
}

function render(payload: GoTemplate | undefined, variables: Values, report: (error: string) => void): string {
  try {
    return payload?.render(variables) ?? '';
  } catch (cause) {
    report(cause instanceof Error ? cause.message : String(cause));
    return cause instanceof RenderError ? cause.output : '';
  }
}

function labelsOf(names: readonly string[], variables: Values): Labels {
  const labels = Object.create(null) as Record<string, string>;
  for (const name of names) {
    const value = variables[name];
    if (value !== undefined) labels[name] = cleanText(labelText(value), maxLabelLength);
  }
  return labels;
}

const printed = parseTemplate('{{.value}}').template;

/** Addresses as text, all else as Go prints it. */
function labelText(value: Value): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'bigint') return String(value);
  return value instanceof Uint8Array ? formatIp(value) : (printed?.render({ value }) ?? '');
}
