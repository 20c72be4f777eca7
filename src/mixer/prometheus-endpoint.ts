import type { IncomingHttpHeaders } from 'node:http';

import type { ExpositionFormat, Log } from '../sdk/index.js';
import { MixerError } from '../util/errors.js';
import type { ListenAddress } from './address.js';
import { expositionTypes, preferredFormat } from './exposition-format.js';
import { type HttpAnswer, type HttpEndpoint, openHttpEndpoint } from './http-endpoint.js';

/** What adapters expose to scrapers. */
interface ExposedMetrics {
  /** Names of what is exposed at the moment. */
  keys(): readonly string[];
  /** All of it, in pieces, and the format that they are in. */
  scrape(wanted: ExpositionFormat): { readonly format: ExpositionFormat; readonly pieces: AsyncIterable<string> };
}

/** What a {@link PrometheusEndpoint} is made of. */
export interface PrometheusEndpointOptions {
  readonly address: ListenAddress & { readonly kind: 'tcp' };
  readonly exposed: ExposedMetrics;
  readonly log: Log;
}

/**
 * Serves what the prometheus adapter counts on a port of its own (adapters.md 4.1), which is open only while there is
 * something to scrape. A port that cannot be had is logged and tried again at the next change; nothing else fails.
 */
export class PrometheusEndpoint {
  readonly #options: PrometheusEndpointOptions;
  #endpoint: HttpEndpoint | undefined;
  #closed = false;
  /** One change after the other: opening and closing take time. */
  #work: Promise<void> = Promise.resolve();

  constructor(options: PrometheusEndpointOptions) {
    this.#options = options;
  }

  /** `http://host:port/metrics`, undefined while the port is not open. */
  get url(): string | undefined {
    return this.#endpoint && `${this.#endpoint.url}/metrics`;
  }

  /** Opens or closes the port by what is exposed now. To be called whenever that may have changed. */
  sync(): Promise<void> {
    this.#work = this.#work.then(() => this.#apply());
    return this.#work;
  }

  /** Closes the port for good. */
  close(): Promise<void> {
    this.#closed = true;
    return this.sync();
  }

  async #apply(): Promise<void> {
    const wanted = !this.#closed && this.#options.exposed.keys().length > 0;
    if (wanted && this.#endpoint === undefined) await this.#open();
    else if (!wanted && this.#endpoint !== undefined) {
      const endpoint = this.#endpoint;
      this.#endpoint = undefined;
      await endpoint.close();
    }
  }

  async #open(): Promise<void> {
    const { address, exposed, log } = this.#options;
    const metrics = ({ accept }: IncomingHttpHeaders): HttpAnswer => {
      const { format, pieces } = exposed.scrape(preferredFormat(accept));
      return { contentType: expositionTypes[format], body: pieces };
    };
    try {
      this.#endpoint = await openHttpEndpoint(address, new Map([['/metrics', metrics]]));
      log.info(`serving metrics on ${this.#endpoint.url}/metrics`);
    } catch (error) {
      log.error(`metrics are not served: ${MixerError.from(error, 'LISTEN_FAILED').message}`);
    }
  }
}
