import type { CheckResponse } from '../../gen/istio/mixer/v1/check.js';
import { ReportRequest_RepeatedAttributesSemantics } from '../../gen/istio/mixer/v1/report.js';
import { rpcCode } from '../../sdk/index.js';
import { compressAttributes } from '../client/compress-attributes.js';
import type { Connection } from '../client/connect.js';
import { formatStatus } from '../client/format-answer.js';
import { outcomes } from './outcomes.js';
import type { AttributeList, Scenario } from './scenarios.js';

/** What became of the calls of one scenario. */
export interface ScenarioResult {
  readonly title: string;
  readonly calls: number;
  readonly allowed: number;
  readonly denied: number;
  /** Why the first denied call was denied. */
  readonly reason: string | undefined;
  /** What the proxy told afterwards. */
  readonly reports: readonly AttributeList[];
}

const batchSize = 50;
const atOnce = 10;

interface Verdict {
  readonly httpCode: number;
  readonly reason: string | undefined;
}

/** Plays one scenario as a proxy would: ask first, then tell in batches what became of the requests. */
export async function runScenario(scenario: Scenario, mixer: Connection): Promise<ScenarioResult> {
  const verdicts: Verdict[] = [];
  for (let at = 0; at < scenario.calls; at += atOnce) {
    const calls = Array.from({ length: Math.min(atOnce, scenario.calls - at) }, (_, n) => ask(scenario, mixer, at + n));
    verdicts.push(...(await Promise.all(calls)));
  }
  const reports = verdicts.flatMap(({ httpCode }, call) => outcomes(scenario, { httpCode, call }));
  for (let at = 0; at < reports.length; at += batchSize) await tell(mixer, reports.slice(at, at + batchSize));
  const denials = verdicts.filter((verdict) => verdict.reason !== undefined);
  return {
    title: scenario.title,
    calls: verdicts.length,
    allowed: verdicts.length - denials.length,
    denied: denials.length,
    reason: denials[0]?.reason,
    reports,
  };
}

async function ask(scenario: Scenario, mixer: Connection, call: number): Promise<Verdict> {
  const quotas = scenario.quota === undefined ? {} : { [scenario.quota]: { amount: 1n, bestEffort: false } };
  const response = await mixer.check({
    attributes: compressAttributes(scenario.attributes),
    globalWordCount: 0,
    deduplicationId: `${scenario.title} ${call}`,
    quotas,
  });
  return judge(response);
}

// What a proxy makes of an answer: a denial by status, or by a quota of which nothing was granted.
function judge(response: CheckResponse): Verdict {
  const status = response.precondition?.status;
  if (status !== undefined && status.code !== rpcCode.OK) return { httpCode: 403, reason: formatStatus(status) };
  for (const [name, quota] of Object.entries(response.quotas)) {
    if (quota.grantedAmount < 1n) return { httpCode: 429, reason: `quota '${name}' is used up: 0 of 1 granted` };
  }
  return { httpCode: 200, reason: undefined };
}

async function tell(mixer: Connection, reports: readonly AttributeList[]): Promise<void> {
  await mixer.report({
    attributes: reports.map((attributes) => compressAttributes(attributes)),
    defaultWords: [],
    globalWordCount: 0,
    repeatedAttributesSemantics: ReportRequest_RepeatedAttributesSemantics.INDEPENDENT_ENCODING,
  });
}
