import type { Runtime } from '../runtime/index.js';
import { BagPool } from './bag-pool.js';
import { CheckCall } from './check-call.js';
import type { UnaryMethods } from './host.js';
import { ReportCall } from './report-call.js';
import { RpcStats } from './rpc-stats.js';

const serviceName = 'istio.mixer.v1.Mixer';

/** The Mixer service as a host serves it, and what it counts. */
export interface MixerService {
  readonly methods: UnaryMethods;
  readonly stats: readonly RpcStats[];
}

/** Makes the service `istio.mixer.v1.Mixer` on a runtime (mixer-core.md 1.1). */
export function createMixerService(runtime: Runtime): MixerService {
  const bags = new BagPool();
  const check = new RpcStats(`${serviceName}/Check`);
  const report = new RpcStats(`${serviceName}/Report`);
  const checkCall = new CheckCall({ runtime, bags, stats: check });
  const reportCall = new ReportCall({ runtime, bags, stats: report });
  return {
    methods: new Map([
      [`/${check.method}`, (request) => checkCall.answer(request)],
      [`/${report.method}`, (request) => reportCall.answer(request)],
    ]),
    stats: [check, report],
  };
}
