import { Duration } from '../../../util/duration.js';
import type { BuildContext } from './options.js';

/** Which side of a call the proxy is at. */
export type Side = 'inbound' | 'outbound';

/** What becomes of a request when Mixer cannot be asked. */
export interface FailPolicy {
  readonly failOpen: boolean;
  readonly maxRetries: number;
  readonly baseRetryWait: Duration;
  readonly maxRetryWait: Duration;
}

const answers = new Map([
  ['enable', { isChecked: true, failOpen: false }],
  ['allow-on-error', { isChecked: true, failOpen: true }],
  ['disable', { isChecked: false, failOpen: true }],
]);

/** Whether Mixer is asked at a side: as the mesh says, unless the workload's annotations say otherwise (mesh.md 1.2). */
export function isChecked({ view, options }: BuildContext, side: Side): boolean {
  const said = answers.get(options.annotations?.get('policy.istio.io/check') ?? '');
  if (said !== undefined) return said.isChecked;
  const { disablePolicyChecks, enableClientSidePolicyCheck } = view.mesh;
  return !disablePolicyChecks && (side === 'inbound' || view.proxy.type === 'router' || enableClientSidePolicyCheck);
}

/** The same for failures. */
export function failPolicy({ view, options }: BuildContext): FailPolicy {
  const { annotations } = options;
  const said = answers.get(annotations?.get('policy.istio.io/check') ?? '');
  const retries = annotations?.get('policy.istio.io/checkRetries') ?? '';
  const wait = (name: string, otherwise: number): Duration =>
    Duration.parse(annotations?.get(`policy.istio.io/${name}`) ?? '') ?? Duration.fromMillis(otherwise);
  return {
    failOpen: said?.failOpen ?? view.mesh.policyCheckFailOpen,
    maxRetries: /^\d{1,9}$/.test(retries) ? Number(retries) : 0,
    baseRetryWait: wait('checkBaseRetryWaitTime', 80),
    maxRetryWait: wait('checkMaxRetryWaitTime', 1000),
  };
}
