import { MixerError } from '../util/errors.js';

const patienceMillis = 10_000;

/** Who is asked, for messages: `the admin port 127.0.0.1:15000`. */
export interface AskedServer {
  readonly address: string;
  readonly name: string;
}

/**
 * Asks a debug port for a page. Rejects with a MixerError that says who was asked, when nobody answers or the answer is
 * not a success.
 */
export async function askText({ address, name }: AskedServer, path: string, method = 'GET'): Promise<string> {
  let text: string;
  let status: number;
  try {
    const response = await fetch(`http://${address}${path}`, { method, signal: AbortSignal.timeout(patienceMillis) });
    text = await response.text();
    status = response.status;
  } catch (cause) {
    const reason = cause instanceof Error && cause.cause instanceof Error ? cause.cause.message : String(cause);
    throw new MixerError('UNAVAILABLE', `${name} ${address} does not answer: ${reason}`, cause);
  }
  if (status === 200) return text;
  const [line = ''] = text.split('\n');
  throw new MixerError('UNAVAILABLE', `${name} ${address} answers ${status}: ${line.slice(0, 200)}`);
}

/** The same for a page of JSON. */
export async function askJson(server: AskedServer, path: string): Promise<unknown> {
  const text = await askText(server, path);
  try {
    return JSON.parse(text) as unknown;
  } catch (cause) {
    throw new MixerError('UNAVAILABLE', `${server.name} ${server.address}: ${path} is not JSON`, cause);
  }
}

/** The admin port of a proxy. */
export function adminPort(address: string): AskedServer {
  return { address, name: 'the admin port' };
}

/** The debug port of Pilot. */
export function pilotPort(address: string): AskedServer {
  return { address, name: 'Pilot' };
}
