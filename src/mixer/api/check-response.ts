import { type Duration, writeReferences, WireWriter } from '../../attributes/index.js';
import type { CheckDecision, QuotaDecision } from '../../runtime/index.js';
import type { HeaderOperation, HeaderOperationKind, RouteDirective, Status } from '../../sdk/index.js';

const MAX_INT32 = 0x7fff_ffff;
const operations: Readonly<Record<HeaderOperationKind, number>> = { REPLACE: 0, REMOVE: 1, APPEND: 2 };

// One for all responses: encoding one never yields to another.
const writer = new WireWriter();

/**
 * Encodes what a Check is answered. Of a status only code and message are sent (mixer-core.md 1.6). Global words appear
 * only below `globalWordCount`, the number that the caller said it knows.
 */
export function encodeCheckResponse(decision: CheckDecision, globalWordCount: number): Uint8Array {
  writer.clear();
  for (let at = decision.quotas.length - 1; at >= 0; at--) writeQuota(decision.quotas[at]!, globalWordCount);
  const mark = writer.mark;
  if (decision.directive !== undefined) writeDirective(decision.directive);
  writeReferencesField(decision.references, globalWordCount);
  writer.int32(3, clampInt32(decision.validUseCount));
  writeDuration(2, decision.validDuration);
  writeStatus(1, decision.status);
  writer.close(2, mark);
  return writer.finish();
}

function writeQuota(quota: QuotaDecision, globalWordCount: number): void {
  const entry = writer.mark;
  writeStatus(6, quota.status);
  writeReferencesField(quota.references, globalWordCount);
  writer.int64(2, quota.grantedAmount);
  writeDuration(1, quota.validDuration);
  writer.close(2, entry);
  writer.text(1, quota.name);
  writer.close(3, entry);
}

function writeReferencesField(references: CheckDecision['references'], globalWordCount: number): void {
  const mark = writer.mark;
  writeReferences(writer, references, globalWordCount);
  writer.close(5, mark);
}

/** Always written, also for OK: the original does, and some clients expect it. */
function writeStatus(field: number, status: Status): void {
  const mark = writer.mark;
  writer.text(2, status.message);
  writer.int32(1, clampInt32(status.code));
  writer.close(field, mark);
}

/** Always written: a client takes an absent duration for one without end (mixer-core.md 1.9). */
function writeDuration(field: number, duration: Duration): void {
  const mark = writer.mark;
  writer.int32(2, duration.nanos);
  const { seconds } = duration;
  if (seconds >= 0 && seconds <= MAX_INT32) writer.uint32(1, seconds);
  else if (Number.isSafeInteger(seconds)) writer.int64(1, BigInt(seconds));
  writer.close(field, mark);
}

function writeDirective(directive: RouteDirective): void {
  const mark = writer.mark;
  writer.text(4, directive.directResponseBody);
  writer.uint32(3, directive.directResponseCode);
  writeOperations(2, directive.responseHeaderOperations);
  writeOperations(1, directive.requestHeaderOperations);
  writer.close(6, mark);
}

function writeOperations(field: number, list: readonly HeaderOperation[]): void {
  for (let at = list.length - 1; at >= 0; at--) {
    const operation = list[at]!;
    const mark = writer.mark;
    writer.uint32(3, operations[operation.operation]);
    writer.text(2, operation.value);
    writer.text(1, operation.name);
    writer.close(field, mark);
  }
}

function clampInt32(value: number): number {
  return value > MAX_INT32 ? MAX_INT32 : value < -MAX_INT32 - 1 ? -MAX_INT32 - 1 : value | 0;
}
