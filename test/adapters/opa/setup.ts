import { readFileSync } from 'node:fs';
import type { CheckResult, Handler, Instance, Value } from 'fairlead/sdk';
import type { authorization } from 'fairlead/templates';
import opa from '../../../src/adapters/opa/index.js';
import { decodeParams, fakeCall, type FakeEnv, fakeEnv } from '../../../src/testing/index.js';
import { compiledFile } from '../../support/rego.js';

type Properties = Readonly<Record<string, Value | undefined>>;

/** Who wants to do what; what is not given has no expression. */
export interface Request {
  readonly user?: string | undefined;
  readonly groups?: string | undefined;
  readonly subject?: Properties | undefined;
  readonly namespace?: string | undefined;
  readonly service?: string | undefined;
  readonly method?: string | undefined;
  readonly path?: string | undefined;
  readonly action?: Properties | undefined;
}

const bare = (properties: Properties = {}): Readonly<Record<string, Value>> =>
  Object.defineProperties(Object.create(null) as object, Object.getOwnPropertyDescriptors(properties)) as never;

/** An instance as the host builds it. */
export function authorizationOf(request: Request): Instance<typeof authorization> {
  const { user, groups, namespace, service, method, path } = request;
  return {
    name: 'who.authorization.default',
    subject: { user, groups, properties: bare(request.subject) },
    action: { namespace, service, method, path, properties: bare(request.action) },
  };
}

/** A handler under test, built from YAML of `params`. */
export async function buildOpa(params: string, env: FakeEnv = fakeEnv()) {
  const { config, problems } = decodeParams(opa, params);
  if (problems.length > 0) throw new Error(problems.map(({ path, message }) => `${path}: ${message}`).join('; '));
  const handler = await opa.build({ name: 'h', config, types: { authorization: new Map() }, env });
  return { env, handler, ask: (request: Request) => ask(handler, request) };
}

/** YAML of `params` with a compiled fixture in base64. */
export function paramsOf(fixture: { readonly name: string; readonly data?: string }, more: string): string {
  return `policyWasm: ${readFileSync(compiledFile(fixture)).toString('base64')}\n${more}`;
}

function ask(handler: Handler<typeof authorization>, request: Request): CheckResult {
  const answer = handler.handleAuthorization(authorizationOf(request), fakeCall());
  if (answer instanceof Promise) throw new Error('a policy answers at once');
  return answer;
}

/** The status of an answer in short: `OK`, or its message. */
export function statusOf({ status }: CheckResult): string {
  return status === undefined ? 'OK' : `${status.code} ${status.message}`;
}
