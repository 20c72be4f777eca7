import { Duration } from '../../attributes/index.js';
import { type CheckResult, rpcCode, type Status } from '../../sdk/index.js';
import { DirectiveDraft } from './directive.js';

/** The status of everything that went well and has nothing to say. */
export const okStatus: Status = Object.freeze({ code: rpcCode.OK, message: '' });

/** How long an answer holds on which no handler has an opinion (mixer-core.md 1.6). */
export const defaultValidDuration = new Duration(60, 0);
const defaultValidUseCount = 10_000;

/** What all handlers together say about a check. */
export class CombinedCheck {
  status: Status = okStatus;
  validDuration: Duration = defaultValidDuration;
  validUseCount: number = defaultValidUseCount;
  directive: DirectiveDraft | undefined = undefined;
  #hasOpinion = false;
  #failed = false;

  /**
   * Adds the answer of the next handler in order (mixer-core.md 6.4). Validity sinks to the shortest, the code is that
   * of the first failure, its message all failures' in order. An OK answer that holds for no time and no use and says
   * nothing about the route is no opinion and changes nothing, wherever in the order it comes.
   */
  add(handler: string, result: CheckResult): void {
    const status = result.status ?? okStatus;
    const failed = status.code !== rpcCode.OK;
    if (!failed && isDefault(result)) {
      if (!this.#hasOpinion) this.status = status;
      return;
    }
    this.#lower(result, status);
    if (!failed) return;
    const message = `${handler}:${status.message}`;
    if (this.#failed) {
      this.status = { code: this.status.code, message: `${this.status.message}, ${message}` };
      return;
    }
    this.#failed = true;
    this.status = { code: status.code, message };
    if (status.directResponse !== undefined) {
      this.directive ??= new DirectiveDraft();
      this.directive.respond(status.directResponse, status.code);
    }
  }

  /** Ends the combination: opinions that together come to OK for no time and no use count as none. */
  finish(): void {
    if (this.status.code !== rpcCode.OK || this.directive !== undefined || this.validUseCount !== 0) return;
    if (this.validDuration.seconds !== 0 || this.validDuration.nanos !== 0) return;
    this.validDuration = defaultValidDuration;
    this.validUseCount = defaultValidUseCount;
  }

  #lower(result: CheckResult, status: Status): void {
    const duration = result.validDuration ?? Duration.zero;
    const uses = result.validUseCount ?? 0;
    if (!this.#hasOpinion) {
      this.#hasOpinion = true;
      this.validDuration = duration;
      this.validUseCount = uses;
      // Only the first opinion may steer the route. Its OK status goes out as it is, message included.
      if (result.routeDirective !== undefined) this.directive = DirectiveDraft.from(result.routeDirective);
      if (status.code === rpcCode.OK) this.status = status;
      return;
    }
    if (isShorter(duration, this.validDuration)) this.validDuration = duration;
    if (uses < this.validUseCount) this.validUseCount = uses;
  }
}

function isDefault(result: CheckResult): boolean {
  const { validDuration, validUseCount, routeDirective } = result;
  return (
    (validUseCount === undefined || validUseCount === 0) &&
    (validDuration === undefined || (validDuration.seconds === 0 && validDuration.nanos === 0)) &&
    routeDirective === undefined
  );
}

function isShorter(a: Duration, b: Duration): boolean {
  return a.seconds < b.seconds || (a.seconds === b.seconds && a.nanos < b.nanos);
}
