import { forwardedHeader } from '../../client/index.js';
import type { HttpFilter } from '../filters/filter.js';

/**
 * Stands where there is no Mixer: what another proxy says to a Mixer is neither the workload's business nor to be passed on
 * for someone else's (mesh.md 1.7).
 */
export const dropForwarded: HttpFilter & Required<Pick<HttpFilter, 'onRequest'>> = {
  name: 'mixer',
  onRequest: ({ request }) => {
    request.headers.remove(forwardedHeader);
    return undefined;
  },
};
