import { rpcCode } from 'fairlead/sdk';

const byHttpStatus: ReadonlyMap<number, number> = new Map([
  [400, rpcCode.INVALID_ARGUMENT],
  [401, rpcCode.UNAUTHENTICATED],
  [403, rpcCode.PERMISSION_DENIED],
  [404, rpcCode.NOT_FOUND],
  [409, rpcCode.ALREADY_EXISTS],
  [429, rpcCode.RESOURCE_EXHAUSTED],
  [499, rpcCode.CANCELLED],
  [500, rpcCode.INTERNAL],
  [501, rpcCode.UNIMPLEMENTED],
  [503, rpcCode.UNAVAILABLE],
  [504, rpcCode.DEADLINE_EXCEEDED],
]);

/** The code of google.rpc that an HTTP status stands for; OK for 2xx alone. */
export function codeOfHttp(status: number): number {
  const code = byHttpStatus.get(status);
  if (code !== undefined) return code;
  if (status >= 200 && status < 300) return rpcCode.OK;
  if (status >= 400 && status < 500) return rpcCode.FAILED_PRECONDITION;
  return status >= 500 && status < 600 ? rpcCode.INTERNAL : rpcCode.UNKNOWN;
}

const namesByCode: readonly (readonly [code: number, names: readonly string[]])[] = [
  [rpcCode.NOT_FOUND, ['NOT_FOUND']],
  [rpcCode.PERMISSION_DENIED, ['PERMISSION_DENIED', 'SECURITY_POLICY_VIOLATED']],
  [
    rpcCode.RESOURCE_EXHAUSTED,
    ['RESOURCE_EXHAUSTED', 'BUDGET_EXCEEDED', 'LOAD_SHEDDING', 'ABUSER_DETECTED', 'DENIAL_OF_SERVICE_DETECTED'],
  ],
  [
    rpcCode.UNAVAILABLE,
    [
      ...['SERVICE_NOT_ACTIVATED', 'VISIBILITY_DENIED', 'BILLING_DISABLED', 'BILLING_NOT_ACTIVE', 'PROJECT_DELETED'],
      ...['PROJECT_INVALID', 'IP_ADDRESS_BLOCKED', 'REFERER_BLOCKED', 'CLIENT_APP_BLOCKED', 'API_TARGET_BLOCKED'],
      'LOAS_PROJECT_DISABLED',
    ],
  ],
  [
    rpcCode.INVALID_ARGUMENT,
    ['API_KEY_INVALID', 'API_KEY_EXPIRED', 'API_KEY_NOT_FOUND', 'SPATULA_HEADER_INVALID', 'CONSUMER_INVALID'],
  ],
];
const byName: ReadonlyMap<string, number> = new Map(
  namesByCode.flatMap(([code, names]) => names.map((name) => [name, code] as const)),
);

/** Whether an error says that Google could not find out, so that the next answer may be another one. */
export function isPassing(name: string): boolean {
  return name.endsWith('_UNAVAILABLE') || name === 'LOAD_SHEDDING';
}

/** The code of google.rpc that an error of a check or of an allocation stands for, by its name. */
export function codeOfError(name: string): number {
  return byName.get(name) ?? (isPassing(name) ? rpcCode.UNAVAILABLE : rpcCode.UNKNOWN);
}
