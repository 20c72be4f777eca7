import { type Env, type Instance } from 'fairlead/sdk';
import {
  createDelivery,
  createHttpSender,
  type Delivery,
  type HttpAnswer,
  type SendOutcome,
  textSize,
} from 'fairlead/sdk/delivery';
import type { servicecontrolreport } from 'fairlead/templates';
import type { Authorize } from './auth.js';
import type { Checks } from './checks.js';
import { urlOf } from './client.js';
import { objectIn, objectsIn, textIn } from './json.js';
import { encodeOperation } from './operation.js';
import type { Service, Services } from './services.js';
import { cleanText } from './writable.js';

const queue = { entries: 10_000, bytes: 32 << 20 };
// A report may have 1000 operations and 1 MiB.
const batch = { entries: 200, bytes: 900_000, millis: 1000 };
const timeoutMillis = 10_000;

/** Reports requests in batches, in the background; each service has a queue of its own. */
export class Reports {
  readonly #deliveries: ReadonlyMap<Service, Delivery<string>>;

  constructor(
    readonly services: Services,
    readonly checks: Checks,
    readonly env: Env,
    to: { readonly endpoint: string; readonly authorize: Authorize },
  ) {
    this.#deliveries = new Map(services.all.map((service) => [service, createReports(env, service, to)]));
  }

  /** Takes a report; one that finds no room is dropped and counted. Throws for an unknown service. */
  add(report: Instance<typeof servicecontrolreport>): void {
    const { apiService = '', apiKey = '', apiOperation = '' } = report;
    const service = this.services.find(apiService);
    if (service === undefined) throw new Error(`unknown service "${cleanText(apiService)}"`);
    const project = this.checks.projectOf(service, apiKey, apiOperation);
    this.#deliveries.get(service)?.offer(encodeOperation(report, { now: this.env.clock.now(), project }));
  }

  /** Brings out what waits, as far as that is possible. */
  async close(): Promise<void> {
    await Promise.all([...this.#deliveries.values()].map((delivery) => delivery.close()));
  }
}

function createReports(
  env: Env,
  service: Service,
  { endpoint, authorize }: { readonly endpoint: string; readonly authorize: Authorize },
): Delivery<string> {
  return createDelivery<string>(env, {
    name: service.googleName,
    queue,
    batch,
    timeoutMillis,
    sizeOf: (operation) => textSize(operation) + 1,
    send: createHttpSender<string>({
      url: urlOf(endpoint, service.googleName, 'report'),
      headers: async (signal): Promise<Record<string, string>> => {
        const authorization = await authorize(signal);
        return authorization === undefined ? {} : { authorization };
      },
      encode: (operations) => ({
        body: `{"operations":[${operations.join(',')}]}`,
        headers: { 'content-type': 'application/json' },
      }),
      accept: findRefused,
      // A token may have expired on its way.
      retryOn: [401],
      maxResponseBytes: 1 << 20,
    }),
  });
}

/** Service Control takes a report in parts: it names the operations that it did not take, and those it never will. */
function findRefused({ body }: HttpAnswer): SendOutcome<string> | undefined {
  const refused = objectsIn(objectIn(JSON.parse(body))['reportErrors']);
  const [first] = refused;
  if (first === undefined) return undefined;
  const reason = textIn(objectIn(first['status'])['message']);
  return { kind: 'partial', reason, again: [], rejected: refused.length };
}
