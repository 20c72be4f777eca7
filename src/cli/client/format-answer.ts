import { Duration } from '../../attributes/index.js';
import { type ReferencedAttributes, ReferencedAttributes_Condition } from '../../gen/istio/mixer/v1/attributes.js';
import type { CheckResponse, CheckResponse_PreconditionResult } from '../../gen/istio/mixer/v1/check.js';
import { rpcCode } from '../../sdk/index.js';
import { textTable } from '../text-table.js';

type WireDuration = CheckResponse_PreconditionResult['validDuration'];
type WireStatus = CheckResponse_PreconditionResult['status'];

const codeNames: ReadonlyMap<number, string> = new Map(Object.entries(rpcCode).map(([name, code]) => [code, name]));

/** The answer to a Check as lines: status, validity, what it depends on, quotas (mixer-core.md 6.13). */
export function formatCheckAnswer(response: CheckResponse): string[] {
  const precondition = response.precondition;
  return [
    `Check RPC completed successfully. Check status was ${formatStatus(precondition?.status)}`,
    `  Valid use count: ${precondition?.validUseCount ?? 0}, valid duration: ${formatDuration(precondition?.validDuration)}`,
    ...formatReferences(precondition?.referencedAttributes),
    ...formatQuotas(response.quotas),
  ];
}

/** `OK`, `PERMISSION_DENIED (why)`, or `Code 4711` for one that google.rpc does not know. */
export function formatStatus(status: WireStatus): string {
  const code = status?.code ?? 0;
  const name = codeNames.get(code) ?? `Code ${code}`;
  return status === undefined || status.message === '' ? name : `${name} (${status.message})`;
}

function formatDuration(duration: WireDuration): string {
  return duration === undefined ? '0s' : new Duration(Number(duration.seconds), duration.nanos).toString();
}

function formatReferences(references: ReferencedAttributes | undefined): string[] {
  if (references === undefined || references.attributeMatches.length === 0) return [];
  const word = (index: number): string => (index < 0 ? (references.words[-index - 1] ?? '?') : `global word ${index}`);
  const lines = references.attributeMatches.map((match) => {
    const key = match.mapKey === 0 ? '' : `::${word(match.mapKey)}`;
    return `    ${word(match.name)}${key} ${ReferencedAttributes_Condition[match.condition]}`;
  });
  return ['  Referenced attributes:', ...lines.sort()];
}

function formatQuotas(quotas: CheckResponse['quotas']): string[] {
  const entries = Object.entries(quotas).sort(([a], [b]) => (a < b ? -1 : 1));
  if (entries.length === 0) return [];
  const rows = entries.map(([name, quota]) => [
    name,
    String(quota.grantedAmount),
    formatDuration(quota.validDuration),
    formatStatus(quota.status),
    formatReferences(quota.referencedAttributes)
      .slice(1)
      .map((line) => line.trim())
      .join(', '),
  ]);
  return [
    '  Quotas:',
    ...textTable(['Quota', 'Granted', 'Duration', 'Status', 'Referenced attributes'], rows).map(
      (line) => `    ${line}`,
    ),
  ];
}
