import type { DirectHttpResponse, HeaderOperation, RouteDirective } from '../../sdk/index.js';

/** A route directive while it is being put together. */
export class DirectiveDraft implements RouteDirective {
  readonly requestHeaderOperations: HeaderOperation[] = [];
  readonly responseHeaderOperations: HeaderOperation[] = [];
  directResponseCode = 0;
  directResponseBody = '';

  /** A copy: what an adapter answered stays its own. */
  static from(directive: RouteDirective): DirectiveDraft {
    const draft = new DirectiveDraft();
    draft.requestHeaderOperations.push(...directive.requestHeaderOperations);
    draft.responseHeaderOperations.push(...directive.responseHeaderOperations);
    draft.directResponseCode = directive.directResponseCode;
    draft.directResponseBody = directive.directResponseBody;
    return draft;
  }

  /**
   * Takes over a direct response (mixer-core.md 6.4). `Set-Cookie` holds several cookies, split at every comma as Mixer
   * does it: a cookie with an Expires date does not survive.
   */
  respond(response: DirectHttpResponse, rpcCode: number): void {
    this.directResponseCode = response.code === undefined || response.code === 0 ? httpCodeOf(rpcCode) : response.code;
    this.directResponseBody = response.body ?? '';
    if (response.headers === undefined) return;
    for (const [name, value] of response.headers) {
      if (name.toLowerCase() !== 'set-cookie') {
        this.responseHeaderOperations.push({ name, value, operation: 'REPLACE' });
        continue;
      }
      for (const cookie of value.split(',')) {
        this.responseHeaderOperations.push({ name, value: cookie, operation: 'APPEND' });
      }
    }
  }
}

// By rpc code, OK first (mixer-core.md 6.4).
const httpCodes = [200, 408, 500, 400, 504, 404, 409, 403, 429, 412, 409, 400, 501, 500, 503, 500, 401] as const;

/** The HTTP status that stands for a google.rpc code; 500 for codes nobody knows. */
export function httpCodeOf(rpcCode: number): number {
  return httpCodes[rpcCode] ?? 500;
}
