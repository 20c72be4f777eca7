import type { CheckOutcome } from './mixer-client.js';
import { httpStatusOf, rpc, statusText } from './rpc-codes.js';
import type { HeaderChange } from './transport.js';

/** An answer that is given instead of the service's. */
export interface LocalReply {
  readonly code: number;
  readonly body: string;
  /** Made to the headers of the reply. */
  readonly headerChanges: readonly HeaderChange[];
  /** What Envoy calls it in `%RESPONSE_CODE_DETAILS%`. */
  readonly details: 'mixer_direct_response' | 'mixer_access_denied';
}

/** What to do with a request (mesh.md 1.13). */
export interface HttpDecision {
  /** The answer; undefined lets the request go on. */
  readonly reply: LocalReply | undefined;
  /** Made to a request that goes on. When there are any, its route is to be chosen anew. */
  readonly requestChanges: readonly HeaderChange[];
  /** Made to the service's response. */
  readonly responseChanges: readonly HeaderChange[];
  /**
   * `CODENAME:message` when the request is denied: the response flag is then UAEX, and this is the field `status` of the
   * metadata `istio.mixer`.
   */
  readonly denial: string | undefined;
  /** Undefined when checks are off. */
  readonly outcome: CheckOutcome | undefined;
}

const none: readonly HeaderChange[] = [];

/** The decision about a request that nobody was asked about. */
export const unchecked: HttpDecision = {
  reply: undefined,
  requestChanges: none,
  responseChanges: none,
  denial: undefined,
  outcome: undefined,
};

/** What an outcome means for an HTTP request. A direct response wins even when the request is allowed. */
export function toHttpDecision(outcome: CheckOutcome): HttpDecision {
  const { status, directive } = outcome;
  const denial = status.code === rpc.OK ? undefined : statusText(status.code, status.message);
  const requestChanges = directive?.requestHeaderOperations ?? none;
  const responseChanges = directive?.responseHeaderOperations ?? none;
  let reply: LocalReply | undefined;
  if (directive !== undefined && directive.directResponseCode !== 0) {
    const { directResponseBody: body } = directive;
    const code = isFinal(directive.directResponseCode) ? directive.directResponseCode : 500;
    reply = { code, body, headerChanges: responseChanges, details: 'mixer_direct_response' };
  } else if (denial !== undefined) {
    reply = { code: httpStatusOf(status.code), body: denial, headerChanges: none, details: 'mixer_access_denied' };
  }
  return { reply, requestChanges, responseChanges, denial, outcome };
}

/** A response of its own, which an interim one is not. */
function isFinal(code: number): boolean {
  return code >= 200 && code <= 599;
}
