import { HTTPFault } from '../../../gen/envoy/extensions/filters/http/fault/v3/fault.js';
import { type FractionalPercent, FractionalPercent_DenominatorType } from '../../../gen/envoy/type/v3/percent.js';
import type { Any } from '../../../gen/google/protobuf/any.js';
import type { Fault } from '../../kinds/http-route.js';
import { faultShare } from '../../model/rule-effects.js';
import { anyOf } from './any.js';
import { durationOf } from './duration.js';

/**
 * What the fault filter does on a route. Every route has one, also where it does nothing: a client does not notice the
 * first entry of a map that was empty (mesh.md 3.7).
 */
export function buildFault({ delay, abort }: Fault = none): Any {
  const fault = HTTPFault.create();
  const delayed = delay?.fixedDelay === undefined ? 0 : faultShare(delay);
  const aborted = abort?.httpStatus === undefined ? 0 : faultShare(abort);
  if (delayed > 0) fault.delay = { fixedDelay: durationOf(delay?.fixedDelay), percentage: ofMillion(delayed) };
  if (aborted > 0) fault.abort = { httpStatus: abort?.httpStatus, percentage: ofMillion(aborted) };
  return anyOf('fault', HTTPFault.encode(fault).finish());
}

const none: Fault = { delay: undefined, abort: undefined };

function ofMillion(numerator: number): FractionalPercent {
  return { numerator, denominator: FractionalPercent_DenominatorType.MILLION };
}
