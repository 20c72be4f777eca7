import { MixerError } from '../../util/errors.js';
import { adminPort, askJson, type AskedServer, pilotPort } from '../ask-http.js';
import { type ProxyDump, readDump } from './proxy-dump.js';

/** Which proxy is looked at, and through whom. */
export interface Target {
  readonly server: AskedServer;
  /** Set where Pilot is asked about a proxy; else the server is the proxy's own admin port. */
  readonly proxy?: string | undefined;
}

/** What the command line says of the target. */
export interface TargetFlags {
  readonly admin?: string | undefined;
  readonly pilot: string;
}

/** `host:port` is an admin port, anything else a proxy that Pilot is asked about. */
export function chooseTarget(text: string | undefined, { admin, pilot }: TargetFlags): Target {
  if (admin !== undefined) return { server: adminPort(admin) };
  if (text === undefined) throw new MixerError('USAGE', 'which proxy? give its admin port as host:port, or its name');
  return /^(.+):\d+$/.test(text) ? { server: adminPort(text) } : { server: pilotPort(pilot), proxy: text };
}

/** Reads what the target has; endpoints of Envoy too. */
export async function readTarget({ server, proxy }: Target): Promise<ProxyDump> {
  const path = proxy === undefined ? '/config_dump?include_eds' : dumpPath(proxy);
  return readDump(await askJson(server, path));
}

/** Where Pilot tells what a proxy is to have. */
export function dumpPath(proxy: string): string {
  return `/debug/config_dump?proxyID=${encodeURIComponent(proxy)}`;
}
