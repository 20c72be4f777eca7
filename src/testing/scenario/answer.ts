import type { References } from '../../attributes/index.js';
import type { CheckDecision, QuotaDecision } from '../../runtime/index.js';
import { type HeaderOperation, rpcCode, type RouteDirective, type Status } from '../../sdk/index.js';

/** Plain data, fit for JSON. */
export type Plain = string | number | boolean | readonly Plain[] | { readonly [key: string]: Plain };

/** What a Check was answered, in the form that `want.json` has. */
export function describeCheck(decision: CheckDecision): Plain {
  const { status, validDuration, validUseCount, references, directive, quotas } = decision;
  return {
    status: describeStatus(status),
    validDuration: validDuration.toString(),
    validUseCount,
    referenced: describeReferences(references),
    ...(directive === undefined ? {} : { directive: describeDirective(directive) }),
    ...(quotas.length === 0 ? {} : { quotas: Object.fromEntries(quotas.map((one) => [one.name, describeQuota(one)])) }),
  };
}

function describeQuota({ grantedAmount, validDuration, status, references }: QuotaDecision): Plain {
  return {
    granted: grantedAmount.toString(),
    validDuration: validDuration.toString(),
    status: describeStatus(status),
    referenced: describeReferences(references),
  };
}

/** `OK`, or the code's name and the message. */
function describeStatus({ code, message }: Status): string {
  const name = Object.entries(rpcCode).find(([, number]) => number === code)?.[0] ?? `code ${code}`;
  return message === '' ? name : `${name} ${message}`;
}

/** `name`, `name[key]`, with a minus in front of what was looked for and absent. */
function describeReferences(references: References): readonly string[] {
  return references
    .list()
    .map(
      ({ name, key, condition }) =>
        `${condition === 'ABSENCE' ? '-' : ''}${name}${key === undefined ? '' : `[${key}]`}`,
    );
}

function describeDirective(directive: RouteDirective): Plain {
  const operations = (list: readonly HeaderOperation[]): readonly string[] =>
    list.map(({ operation, name, value }) => `${operation} ${name}: ${value}`);
  return {
    requestHeaders: operations(directive.requestHeaderOperations),
    responseHeaders: operations(directive.responseHeaderOperations),
    responseCode: directive.directResponseCode,
    responseBody: directive.directResponseBody,
  };
}
