import type { Value } from '../attributes/index.js';
import { decodeForwarded, forwardedHeader } from './attributes/forwarded.js';
import { addRequestAttributes, type RequestFacts } from './attributes/http-check.js';
import { addResponseAttributes, type ResponseFacts } from './attributes/http-report.js';
import type { NodeIdentity } from './attributes/node-identity.js';
import type { HttpClientConfig, ServiceConfig } from './client-config.js';
import { type CompiledService, compileService, unknownService } from './compiled-service.js';
import { type HttpDecision, toHttpDecision, unchecked } from './http-decision.js';
import type { CallerSignal, CheckOutcome, MixerCalls } from './mixer-client.js';

/** What {@link createHttpFilter} takes. */
export interface HttpFilterOptions {
  readonly client: MixerCalls;
  readonly config?: HttpClientConfig;
  /** Who this node is; left out, requests do not say. */
  readonly node?: NodeIdentity;
}

/** Asks and tells a Mixer about HTTP requests, as Istio's filter in Envoy does. */
export interface HttpFilter {
  /**
   * Begins with one request. Its service is the configuration of its route, or else the name of its destination, which is
   * looked up in the filter's configuration.
   */
  begin(request: RequestFacts, service?: ServiceConfig | string): HttpExchange;
}

/** One request and its response. */
export interface HttpExchange {
  /**
   * What to send on as `x-istio-attributes`, in place of what came. Undefined when there is nothing to say: what came is
   * taken away all the same.
   */
  readonly forwarded: string | undefined;
  /** Decides; at once when the answer is known. Never throws. The signal says that the caller has gone. */
  check(signal?: CallerSignal): HttpDecision | Promise<HttpDecision>;
  /** Tells of the response, also when there was no check. Call it once. */
  report(response: ResponseFacts): void;
}

/** Makes a filter. Configurations of services are compiled when they are first used. */
export function createHttpFilter({ client, config = {}, node }: HttpFilterOptions): HttpFilter {
  const compiled = new WeakMap<ServiceConfig, CompiledService>();
  const compile = (service: ServiceConfig): CompiledService => {
    let known = compiled.get(service);
    if (known === undefined) compiled.set(service, (known = compileService(service, config, node)));
    return known;
  };
  return {
    begin: (request, service) => {
      const chosen = typeof service === 'object' ? service : chooseService(config, service);
      return new Exchange({ client, config, service: compile(chosen), request });
    },
  };
}

const everyService: ServiceConfig = {};

function chooseService(
  { serviceConfigs, defaultDestinationService }: HttpClientConfig,
  destination: string | undefined,
): ServiceConfig {
  if (serviceConfigs === undefined) return everyService;
  const found = destination === undefined ? undefined : serviceConfigs.get(destination);
  return found ?? serviceConfigs.get(defaultDestinationService ?? '') ?? unknownService;
}

interface ExchangeParts {
  readonly client: MixerCalls;
  readonly config: HttpClientConfig;
  readonly service: CompiledService;
  readonly request: RequestFacts;
}

class Exchange implements HttpExchange {
  readonly #parts: ExchangeParts;
  #attributes: Map<string, Value> | undefined;
  #outcome: CheckOutcome | undefined;
  /** Others may look at the attributes after the check. */
  #isShared = false;

  constructor(parts: ExchangeParts) {
    this.#parts = parts;
  }

  get forwarded(): string | undefined {
    return this.#parts.service.forwarded;
  }

  check(signal?: CallerSignal): HttpDecision | Promise<HttpDecision> {
    const { client, service } = this.#parts;
    if (!service.isChecked) return unchecked;
    const attributes = this.#requestAttributes();
    const quotas = service.quotas(attributes);
    const outcome = client.check(attributes, signal === undefined ? { quotas } : { quotas, signal });
    this.#isShared = quotas.length > 0 || outcome instanceof Promise;
    return outcome instanceof Promise ? outcome.then((answer) => this.#decide(answer)) : this.#decide(outcome);
  }

  report(response: ResponseFacts): void {
    const { client, service } = this.#parts;
    if (!service.isReported) return;
    const own = this.#requestAttributes();
    // A copy: a call in the background may still look at what the check began with.
    const attributes = this.#isShared ? new Map(own) : own;
    addResponseAttributes(attributes, response, this.#outcome);
    client.report(attributes);
  }

  #decide(outcome: CheckOutcome): HttpDecision {
    this.#outcome = outcome;
    return toHttpDecision(outcome);
  }

  #requestAttributes(): Map<string, Value> {
    if (this.#attributes !== undefined) return this.#attributes;
    const { config, service, request } = this.#parts;
    const attributes = new Map(service.attributes);
    addRequestAttributes(attributes, request);
    service.tag(attributes);
    const header = config.ignoreForwardedAttributes === true ? undefined : request.headers.get(forwardedHeader);
    if (header !== undefined) for (const [name, value] of decodeForwarded(header)) attributes.set(name, value);
    this.#attributes = attributes;
    return attributes;
  }
}
