import { Duration } from '../util/duration.js';
import type { Direction } from './attributes/node-identity.js';
import type { NetworkFailPolicy } from './client-options.js';

/** What the mesh says about policy (`MeshConfig`). */
export interface MeshPolicy {
  readonly disablePolicyChecks: boolean;
  readonly enableClientSidePolicyCheck: boolean;
  readonly policyCheckFailOpen: boolean;
}

/** The proxy that it is asked for. */
export interface ProxyRole {
  readonly direction: Direction;
  /** A gateway. */
  readonly isRouter: boolean;
  /** `policy.istio.io/check` and its like, of the workload. */
  readonly annotations: ReadonlyMap<string, string>;
}

/** Whether a proxy checks, and what it does when it gets no answer. */
export interface PolicyChecks {
  readonly disableCheckCalls: boolean;
  readonly networkFailPolicy: NetworkFailPolicy;
}

/** Works out what a mesh and a workload's annotations say together; the annotations win (mesh.md 1.2). */
export function resolvePolicyChecks(mesh: MeshPolicy, { direction, isRouter, annotations }: ProxyRole): PolicyChecks {
  const isOn = !mesh.disablePolicyChecks && (direction === 'inbound' || isRouter || mesh.enableClientSidePolicyCheck);
  const said = annotations.get('policy.istio.io/check');
  const [isChecked, policy] = answers.get(said ?? '') ?? [isOn, mesh.policyCheckFailOpen ? 'open' : 'close'];
  return {
    disableCheckCalls: !isChecked,
    networkFailPolicy: {
      policy,
      maxRetry: countOf(annotations.get('policy.istio.io/checkRetries')),
      baseRetryWaitMillis: millisOf(annotations.get('policy.istio.io/checkBaseRetryWaitTime'), 80),
      maxRetryWaitMillis: millisOf(annotations.get('policy.istio.io/checkMaxRetryWaitTime'), 1000),
    },
  };
}

const answers = new Map<string, readonly [isChecked: boolean, policy: 'open' | 'close']>([
  ['enable', [true, 'close']],
  ['allow-on-error', [true, 'open']],
  ['disable', [false, 'open']],
]);

function countOf(text = '0'): number {
  return /^\d{1,9}$/.test(text) ? Number(text) : 0;
}

function millisOf(text: string | undefined, otherwise: number): number {
  return (text === undefined ? undefined : Duration.parse(text))?.toMillis() ?? otherwise;
}
