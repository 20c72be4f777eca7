import { CallFailure, createGrpcTransport, type Transport } from '../../client/index.js';

/** What is used of an endpoint. */
export interface MixerEndpoint {
  /** An IP address, or `unix://` and a path. */
  readonly address: string;
  readonly name: string;
}

const unixScheme = 'unix://';
// gRPC's UNAVAILABLE: the client takes it as it takes a Mixer that is down, by its fail policy.
const unavailable = 14;

/**
 * Reaches the Mixer of a cluster, wherever its endpoints are at the time of a call. What is under way at former ones goes
 * on to its end; while there are none, the former ones are asked still, and without any a call fails at once.
 */
export function createClusterTransport(
  cluster: string,
  endpoints: () => readonly MixerEndpoint[],
  connect: (target: string) => Transport = createGrpcTransport,
): Transport {
  return new ClusterTransport({ cluster, endpoints, connect });
}

interface Parts {
  readonly cluster: string;
  readonly endpoints: () => readonly MixerEndpoint[];
  readonly connect: (target: string) => Transport;
}

class ClusterTransport implements Transport {
  readonly #parts: Parts;
  #seen: readonly MixerEndpoint[] | undefined;
  #way: Way | undefined;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  async check(...call: Parameters<Transport['check']>): ReturnType<Transport['check']> {
    return this.#current().run((transport) => transport.check(...call));
  }

  async report(...call: Parameters<Transport['report']>): Promise<void> {
    return this.#current().run((transport) => transport.report(...call));
  }

  close(): void {
    this.#way?.retire();
  }

  #current(): Way {
    const { cluster, endpoints, connect } = this.#parts;
    const now = endpoints();
    if (now !== this.#seen) {
      this.#seen = now;
      const target = targetOf(now);
      if (target !== '' && target !== this.#way?.target) {
        this.#way?.retire();
        this.#way = new Way(target, connect(target));
      }
    }
    if (this.#way === undefined) throw new CallFailure(unavailable, `cluster '${cluster}' has no endpoints`);
    return this.#way;
  }
}

/** The connections to one set of endpoints. */
class Way {
  readonly target: string;
  readonly #transport: Transport;
  #calls = 0;
  #isRetired = false;

  constructor(target: string, transport: Transport) {
    this.target = target;
    this.#transport = transport;
  }

  async run<T>(call: (transport: Transport) => Promise<T>): Promise<T> {
    this.#calls++;
    try {
      return await call(this.#transport);
    } finally {
      this.#calls--;
      this.#closeWhenDone();
    }
  }

  /** The client bounds its calls, so this ends. */
  retire(): void {
    this.#isRetired = true;
    this.#closeWhenDone();
  }

  #closeWhenDone(): void {
    if (this.#isRetired && this.#calls === 0) this.#transport.close();
  }
}

/** The library takes a list of IP addresses, or one socket. */
function targetOf(endpoints: readonly MixerEndpoint[]): string {
  const socket = endpoints.find(({ address }) => address.startsWith(unixScheme));
  if (socket !== undefined) return socket.address;
  return [...new Set(endpoints.map(({ name }) => name))].join(',');
}
