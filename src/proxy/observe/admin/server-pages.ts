import { toJson } from './to-json.js';
import type { AdminPage } from './types.js';

/** The configuration in force. */
export const configDumpPage: AdminPage = {
  path: '/config_dump',
  help: 'dump current configuration',
  answer: ({ config }) => {
    const current = config();
    const configs = current && [
      {
        '@type': 'type.googleapis.com/fairlead.proxy.v1.ProxyConfig',
        version_info: current.version,
        last_updated: new Date(current.loadedAt).toISOString(),
        config: current.message,
      },
    ];
    return { type: 'json', body: toJson({ configs: configs ?? [] }) };
  },
};

/** Whether requests are welcome. */
export const readyPage: AdminPage = {
  path: '/ready',
  help: 'print server state, return 200 if LIVE, otherwise return 503',
  answer: ({ state }) => ({ status: state() === 'LIVE' ? 200 : 503, body: `${state()}\n` }),
};

/** Makes all listeners stop accepting, and connections end by themselves. */
export const drainPage: AdminPage = {
  path: '/drain_listeners',
  help: 'drain listeners (inboundonly)',
  changes: true,
  answer: ({ drain }, query) => {
    drain({ inboundOnly: query.has('inboundonly') });
    return { body: 'OK\n' };
  },
};

/** Makes the page that tells which proxy it is, and since when. */
export function createServerInfoPage(startedAt: number): AdminPage {
  return {
    path: '/server_info',
    help: 'print server version/status information',
    answer: ({ env, version, nodeId, state }) => {
      const uptime = `${Math.floor((env.monotonic() - startedAt) / 1000)}s`;
      return {
        type: 'json',
        body: toJson({
          version,
          state: state(),
          uptime_current_epoch: uptime,
          uptime_all_epochs: uptime,
          node: { id: nodeId },
        }),
      };
    },
  };
}
