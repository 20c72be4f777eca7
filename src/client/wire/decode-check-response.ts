import {
  CheckResponse,
  type CheckResponse_PreconditionResult,
  type HeaderOperation,
  HeaderOperation_Operation,
  type RouteDirective,
} from '../../gen/istio/mixer/v1/check.js';
import type {
  AttributeSet,
  CallStatus,
  CheckAnswer,
  Directive,
  HeaderChange,
  PreconditionAnswer,
  QuotaAnswer,
} from '../transport.js';
import { decodeReferences } from './decode-references.js';

/** Decodes the answer to a Check of these attributes. Throws when the bytes are no CheckResponse. */
export function decodeCheckResponse(bytes: Uint8Array, attributes: AttributeSet): CheckAnswer {
  const { precondition, quotas } = CheckResponse.decode(bytes);
  const answers = Object.entries(quotas).map(([name, quota]): [string, QuotaAnswer] => [
    name,
    {
      grantedAmount: quota.grantedAmount,
      validMillis: toMillis(quota.validDuration),
      status: toStatus(quota.status),
      dependencies: decodeReferences(quota.referencedAttributes, attributes),
    },
  ]);
  return {
    precondition: precondition === undefined ? undefined : toPrecondition(precondition, attributes),
    quotas: new Map(answers),
  };
}

function toPrecondition(result: CheckResponse_PreconditionResult, attributes: AttributeSet): PreconditionAnswer {
  return {
    status: toStatus(result.status),
    validMillis: toMillis(result.validDuration),
    validUseCount: result.validUseCount,
    dependencies: decodeReferences(result.referencedAttributes, attributes),
    directive: result.routeDirective === undefined ? undefined : toDirective(result.routeDirective),
  };
}

function toStatus(status: CheckResponse_PreconditionResult['status']): CallStatus {
  return { code: status?.code ?? 0, message: status?.message ?? '' };
}

function toMillis(duration: CheckResponse_PreconditionResult['validDuration']): number | undefined {
  return duration === undefined ? undefined : Number(duration.seconds) * 1000 + duration.nanos / 1e6;
}

function toDirective(directive: RouteDirective): Directive {
  return {
    requestHeaderOperations: directive.requestHeaderOperations.map(toChange),
    responseHeaderOperations: directive.responseHeaderOperations.map(toChange),
    directResponseCode: directive.directResponseCode,
    directResponseBody: directive.directResponseBody,
  };
}

function toChange({ name, value, operation }: HeaderOperation): HeaderChange {
  return { name, value, operation: operations.get(operation) ?? 'REPLACE' };
}

const operations: ReadonlyMap<HeaderOperation_Operation, HeaderChange['operation']> = new Map([
  [HeaderOperation_Operation.REMOVE, 'REMOVE'],
  [HeaderOperation_Operation.APPEND, 'APPEND'],
]);
