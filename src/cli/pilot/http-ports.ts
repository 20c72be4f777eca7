import { collectDefaultMetrics, Registry } from 'prom-client';
import {
  debugPages,
  type HttpPort,
  type ListenAt,
  openHttpPort,
  type Page,
  type PageMaker,
  type Pages,
  type Pilot,
} from '../../pilot/index.js';
import type { PilotFlags } from './pilot-flags.js';

/** What the pages tell of. */
export interface PilotState {
  pilot: Pilot | undefined;
  /** Why proxies are not served yet, or no longer. */
  notReady: string | undefined;
}

/** The ports of pages. */
export interface HttpPorts {
  readonly addresses: readonly { readonly what: string; readonly url: string }[];
  close(): Promise<void>;
}

interface Told {
  readonly version: string;
  readonly state: PilotState;
}

/**
 * Opens the ports of `/ready` and `/debug`, and of `/metrics`. They are there before Pilot is.
 *
 * @throws MixerError LISTEN_FAILED
 */
export async function openHttpPorts(flags: PilotFlags, told: Told): Promise<HttpPorts> {
  const { httpAddr, monitoringAddr, debugAccess } = flags;
  const registry = new Registry();
  const open: { readonly what: string; readonly port: HttpPort }[] = [];
  const close = async (): Promise<void> => {
    registry.clear();
    await Promise.all(open.map(({ port }) => port.close()));
  };
  try {
    if (httpAddr !== '') {
      const refuse = debugAccess === 'any' ? undefined : refuseStrangers;
      const port = await openHttpPort({ at: httpAddr, pages: mainPages(told), ...(refuse && { refuse }) });
      open.push({ what: '/ready and /debug', port });
    }
    if (monitoringAddr !== '') {
      collectDefaultMetrics({ register: registry });
      open.push({
        what: '/metrics',
        port: await openHttpPort({ at: monitoringAddr, pages: metricPages(told, registry) }),
      });
    }
  } catch (error) {
    await close();
    throw error;
  }
  return { addresses: open.map(({ what, port }) => ({ what, url: urlOf(port.at) })), close };
}

/** Debug pages tell all of the mesh: without being told so, they are for those who are on the machine already. */
function refuseStrangers(path: string, from: string): string | undefined {
  if (!path.startsWith('/debug/') || /^(::ffff:)?127\.|^::1$/.test(from)) return undefined;
  return 'debug pages are for this machine: ask from there (kubectl port-forward), or start with --debugAccess any';
}

function mainPages({ version, state }: Told): Pages {
  const ready = (): Page =>
    state.notReady === undefined ? { body: 'ready\n' } : { status: 503, body: `not ready: ${state.notReady}\n` };
  const pages = new Map([
    ['/ready', ready],
    ['/version', () => ({ body: `${version}\n` })],
  ]);
  return {
    get: (path: string) => pages.get(path) ?? debugPage(path, state),
    keys: () => [...pages.keys(), ...(state.pilot === undefined ? [] : debugPages(state.pilot).keys())],
  };
}

function debugPage(path: string, { pilot, notReady }: PilotState) {
  if (!path.startsWith('/debug/')) return undefined;
  if (pilot === undefined) return (): Page => ({ status: 503, body: `not ready: ${notReady}\n` });
  return debugPages(pilot).get(path);
}

function metricPages({ version, state }: Told, registry: Registry): Pages {
  const contentType = 'text/plain; version=0.0.4; charset=utf-8';
  return new Map<string, PageMaker>([
    [
      '/metrics',
      async (): Promise<Page> => {
        const own = state.pilot === undefined ? '' : await state.pilot.metrics.render(state.pilot);
        return { contentType, body: `${await registry.metrics()}\n${own}` };
      },
    ],
    ['/version', () => ({ body: `${version}\n` })],
  ]);
}

function urlOf({ host, port }: ListenAt): string {
  return `http://${host === '' ? 'localhost' : host.includes(':') ? `[${host}]` : host}:${port}`;
}
