import { FakeClock } from 'fairlead/testing';
import type { AttributeSet, Transport, Value } from '../../../src/client/index.js';
import { Cluster_Discovery } from '../../../src/gen/fairlead/proxy/v1/cluster.js';
import { type DeepPartial, ProxyConfig } from '../../../src/gen/fairlead/proxy/v1/config.js';
import type { HttpMixer, MixerTransport } from '../../../src/gen/fairlead/proxy/v1/mixer.js';
import { createProxy, type Proxy, systemUpstreamEnv } from '../../../src/proxy/index.js';
import type { ScriptedMixer } from '../../client/support/scripted-mixer.js';
import { eventually } from '../../support/peer.js';
import { clusterAt, forwardTo, httpListener, type ProxyPart, type RoutePart } from '../../support/proxy-rig.js';

export type MixerPart = DeepPartial<HttpMixer>;

/** Code, flags, details and what the metadata of Mixer say. */
const format =
  '%REQ(:PATH)% %RESPONSE_CODE% %RESPONSE_FLAGS% %RESPONSE_CODE_DETAILS% "%DYNAMIC_METADATA(istio.mixer:status)%"\n';

/** A real proxy that speaks to a Mixer, on a clock that a test turns. */
export interface MixerRig {
  readonly proxy: Proxy;
  readonly clock: FakeClock;
  readonly warnings: readonly string[];
  /** Lines of the access log, in which every request has one at its end. */
  readonly lines: readonly string[];
  port(name?: string): number;
  apply(config: ProxyPart): Promise<void>;
  /** Counters of the Mixer client that are not 0, without the common beginning of their names. */
  counters(kind?: 'http' | 'tcp'): Record<string, number>;
  stop(): Promise<void>;
}

export async function startMixerProxy(
  config: ProxyPart,
  makeTransport: (cluster: string) => Transport,
): Promise<MixerRig> {
  const clock = new FakeClock();
  const scheduler = clock.createScheduler();
  const warnings: string[] = [];
  const lines: string[] = [];
  const proxy = createProxy({
    env: {
      now: () => clock.now(),
      monotonic: () => clock.now(),
      after: (millis, work) => scheduler.after(millis, work),
      random: () => 0.5,
      log: { info: () => undefined, warn: (message) => void warnings.push(message) },
    },
    upstreamEnv: systemUpstreamEnv(),
    makeTransport,
    openLog: () => ({ write: (line) => void lines.push(line.trimEnd()) }),
    drainMillis: 50,
  });
  const apply = async (part: ProxyPart): Promise<void> => {
    const problems = await proxy.apply(ProxyConfig.fromPartial(part));
    if (problems.length > 0) throw new Error(problems.map(({ message }) => message).join());
  };
  await apply(config);
  return {
    ...{ proxy, clock, warnings, lines, apply },
    port: (name = 'in') => proxy.addresses().get(name)!.port,
    counters: (kind = 'http') => {
      const { values } = proxy.stats.snapshot();
      const found = values.filter((stat) => stat.kind === `${kind}_mixer_filter` && stat.value !== 0);
      return Object.fromEntries(found.map(({ leaf, value }) => [leaf.replace(/^total_/, ''), value]));
    },
    stop: () => proxy.close(),
  };
}

/** One inbound listener before one service, with a Mixer in the process. */
export function inboundConfig(
  servicePort: number,
  mixer: MixerPart,
  more: { transport?: DeepPartial<MixerTransport>; routes?: readonly RoutePart[] } = {},
): ProxyPart {
  const listener = httpListener(more.routes ?? [forwardTo('app')], {
    mixer,
    accessLog: { path: '/dev/stdout', format },
  });
  return {
    node: { id: 'sidecar~10.0.0.2~app.shop~shop.svc.cluster.local', uid: 'kubernetes://app.shop', namespace: 'shop' },
    mixer: { disableReportBatch: true, ...more.transport },
    listeners: [listener],
    clusters: [clusterAt('app', [servicePort]), { name: 'empty', discovery: Cluster_Discovery.STATIC }],
  };
}

export function text(stringValue: string): { stringValue: string } {
  return { stringValue };
}

/** A set as an object, addresses as text, so that a test can say what it wants. */
export function plain(set: AttributeSet | undefined): Record<string, unknown> {
  return Object.fromEntries([...(set ?? [])].map(([name, value]) => [name, plainValue(value)]));
}

function plainValue(value: Value): unknown {
  if (value instanceof Uint8Array) return [...value].join('.');
  if (typeof value === 'object' && 'entries' in value) return Object.fromEntries(value.entries());
  return value;
}

/** The first set of a report, when it is there. */
export function reportOf(mixer: ScriptedMixer, at: number): Promise<Record<string, unknown>> {
  return eventually(() => Promise.resolve(mixer.reports[at] && plain(mixer.reports[at][0])));
}
