import { Duration, Timestamp, type Value } from '../../attributes/index.js';
import type { AttributeList, Scenario } from './scenarios.js';

/**
 * What a proxy tells of one call of a scenario, given the HTTP code of the Mixer's verdict: one report of a request, or
 * the opening and the end of a connection. Made up, but the same each time.
 */
export function outcomes(
  scenario: Scenario,
  { httpCode, call }: { httpCode: number; call: number },
): readonly AttributeList[] {
  const isTcp = scenario.attributes.some(([name, value]) => name === 'context.protocol' && value === 'tcp');
  const told = isTcp ? connection(call) : [answer(scenario, { httpCode, call })];
  return told.map((more) => [...scenario.attributes, ...more]);
}

function answer({ breaksEvery = Infinity }: Scenario, verdict: { httpCode: number; call: number }): AttributeList {
  const { httpCode, call } = verdict;
  const isAllowed = httpCode === 200;
  const breaks = isAllowed && call % breaksEvery === breaksEvery - 1;
  // A refusal is quick, an answer takes 4 to 60 ms.
  const millis = isAllowed ? 4 + ((call * 7) % 57) : 1;
  const flags: AttributeList = breaks ? [['context.proxy_error_code', 'UF']] : [];
  return [
    ['request.time', Timestamp.fromMillis(Date.now())],
    ['request.size', BigInt(call % 3) * 40n],
    ['response.code', BigInt(breaks ? 503 : httpCode)],
    ['response.duration', Duration.fromMillis(millis)],
    ['response.size', isAllowed ? 500n + BigInt(call) * 20n : 60n],
    ...flags,
  ];
}

function connection(call: number): AttributeList[] {
  const common: readonly [string, Value] = ['context.time', Timestamp.fromMillis(Date.now())];
  return [
    [common, ['connection.event', 'open']],
    [
      common,
      ['connection.event', 'close'],
      ['connection.received.bytes', 100n + BigInt(call)],
      ['connection.sent.bytes', 4000n],
    ],
  ];
}
