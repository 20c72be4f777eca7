import type { HttpFilter } from './filter.js';

/** Answers preflight requests, and gives answers their headers (mesh.md 2.1.10). */
export const corsFilter: HttpFilter = {
  name: 'cors',
  onRequest: ({ route, request }) => route?.cors?.preflight(request),
  onResponse: ({ route, request, response }) => {
    if (response !== undefined) route?.cors?.changeResponse(request, response);
  },
};
