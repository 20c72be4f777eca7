import { addressText } from '../access-log/common-operators.js';
import { toJson } from './to-json.js';
import type { AdminPage } from './types.js';

/** Where each listener listens. */
export const listenersPage: AdminPage = {
  path: '/listeners',
  help: 'print listener info',
  answer: ({ listeners }, query) => {
    const all = [...listeners()];
    if (query.get('format') !== 'json') {
      return { body: all.map(([name, address]) => `${name}::${addressText(address)}\n`).join('') };
    }
    const statuses = all.map(([name, { host, port }]) => ({
      name,
      local_address: { socket_address: { address: host, port_value: port } },
    }));
    return { type: 'json', body: toJson({ listener_statuses: statuses }) };
  },
};
