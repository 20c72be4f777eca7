import { Agent } from 'undici';
import type { Timing } from '../../../kube/index.js';

/** How long an agent has to answer beyond what it was asked to wait. */
const graceMillis = 10_000;
const maxBodyBytes = 16 * 1024 * 1024;

/** Where Consul is, and as whom it is asked. */
export interface ConsulAccess {
  /** `http://HOST:PORT` of an agent. */
  readonly address: string;
  readonly token?: string | undefined;
  /** The agent's own when left out. */
  readonly datacenter?: string | undefined;
}

/** What an agent answered. */
interface ConsulAnswer {
  readonly value: unknown;
  /** As told by the server; 0 when it tells none. */
  readonly index: number;
}

/** A question that may wait for news. */
interface ConsulQuery {
  readonly path: string;
  /** The server waits for something newer than this; 0 asks for what there is now. */
  readonly index: number;
  readonly waitMillis: number;
  readonly signal: AbortSignal;
}

/** Asks an agent's HTTP API. */
export interface ConsulApi {
  /** Where it leads, for logs. Never a credential. */
  readonly server: string;
  /** Rejects when there is no sound answer in time. */
  get(query: ConsulQuery): Promise<ConsulAnswer>;
  close(): Promise<void>;
}

/** Connects to an agent. Throws when the address is none. */
export function createConsulApi({ address, token, datacenter }: ConsulAccess, timing: Timing): ConsulApi {
  const base = new URL(address);
  // Timeouts are ours: an answer may take as long as it was asked to wait.
  const agent = new Agent({ headersTimeout: 0, bodyTimeout: 0 });
  const headers: Record<string, string> = { accept: 'application/json' };
  if (token !== undefined && token !== '') headers['x-consul-token'] = token;
  return {
    server: base.origin,
    async get({ path, index, waitMillis, signal }) {
      const query = new URLSearchParams(index === 0 ? {} : { index: String(index), wait: `${waitMillis}ms` });
      if (datacenter !== undefined && datacenter !== '') query.set('dc', datacenter);
      const time = new AbortController();
      // An agent adds up to a sixteenth of the time, so that not all come back at one moment.
      const limit = (index === 0 ? 0 : waitMillis * (1 + 1 / 16)) + graceMillis;
      const cancel = timing.after(limit, () => time.abort(new Error(`no answer within ${Math.round(limit)} ms`)));
      const either = AbortSignal.any([signal, time.signal]);
      try {
        const answer = await agent.request({
          origin: base.origin,
          path: `${base.pathname.replace(/\/$/, '')}${path}?${query.toString()}`,
          method: 'GET',
          headers,
          signal: either,
        });
        const text = await readBody(answer.body);
        if (answer.statusCode !== 200) throw new Error(`status ${answer.statusCode}: ${text.slice(0, 200)}`);
        return { value: JSON.parse(text) as unknown, index: readIndex(answer.headers['x-consul-index']) };
      } finally {
        cancel();
      }
    },
    close: () => agent.destroy(),
  };
}

async function readBody(body: AsyncIterable<Uint8Array>): Promise<string> {
  const parts: Uint8Array[] = [];
  let bytes = 0;
  for await (const part of body) {
    bytes += part.length;
    if (bytes > maxBodyBytes) throw new Error(`the answer is longer than ${maxBodyBytes} bytes`);
    parts.push(part);
  }
  return Buffer.concat(parts).toString('utf8');
}

/** What cannot be a number to go on from is none. */
function readIndex(header: string | readonly string[] | undefined): number {
  const index = typeof header === 'string' && /^\d{1,16}$/.test(header) ? Number(header) : 0;
  return Number.isSafeInteger(index) ? index : 0;
}
