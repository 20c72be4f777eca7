import type { Protocol, RequestHead } from '../xds/protocol.js';
import type { Connection, XdsServer } from '../xds/server.js';
import type { XdsNode } from '../xds/node.js';
import type { Sink } from '../xds/stream.js';
import type { ConnectedClients, Push } from './types.js';
import type { ViewTable, ViewUser } from './views.js';

interface Parts {
  readonly views: ViewTable;
  readonly lastPush: () => Push;
  readonly now: () => number;
  /** How long it took from a change until a client has taken something of what came of it. */
  readonly onConverged: (millis: number) => void;
}

/** A server that also knows who is connected: each client keeps its view alive. */
export function connectThrough(
  server: XdsServer,
  { views, lastPush, now, onConverged }: Parts,
): { readonly xds: XdsServer; readonly clients: ConnectedClients } {
  const users = new Map<string, { readonly user: ViewUser; streams: number }>();
  const enter = (node: XdsNode): void => {
    const known = users.get(node.id);
    const user = { ...views.acquire(node), node };
    users.set(node.id, { user, streams: (known?.streams ?? 0) + 1 });
  };
  const leave = (node: XdsNode): void => {
    views.release(node);
    const known = users.get(node.id);
    if (known === undefined) return;
    known.streams -= 1;
    if (known.streams <= 0) users.delete(node.id);
  };
  const xds: XdsServer = {
    ...server,
    connect<R extends RequestHead>(node: XdsNode, protocol: Protocol<R>, sink: Sink): Connection<R> {
      enter(node);
      const connection = server.connect(node, protocol, sink);
      let heard = lastPush().number;
      let isOver = false;
      return {
        receive(request) {
          const { number, since, version } = lastPush();
          if (number !== heard && takes(request, version)) {
            heard = number;
            onConverged(now() - since);
          }
          connection.receive(request);
        },
        close() {
          if (isOver) return;
          isOver = true;
          connection.close();
          leave(node);
        },
      };
    },
  };
  const clients: ConnectedClients = {
    get count() {
      return users.size;
    },
    get: (id) => users.get(id)?.user,
    all: () => Array.from(users.values(), ({ user }) => user),
  };
  return { xds, clients };
}

/** Whether a request says that a version is taken. One of delta names no version: its next answer counts. */
function takes(request: RequestHead, version: string): boolean {
  if (request.responseNonce === '' || request.errorDetail !== undefined) return false;
  return !('versionInfo' in request) || request.versionInfo === version;
}
