import { type Server, ServerCredentials } from '@grpc/grpc-js';
import type { XdsEnv } from '../../../src/pilot/xds/index.js';

/** A gRPC server on a free port of loopback. */
export interface Bound {
  readonly port: number;
  readonly server: Server;
}

export async function bind(server: Server, port = 0): Promise<Bound> {
  const bound = await new Promise<number>((resolve, reject) => {
    server.bindAsync(`127.0.0.1:${port}`, ServerCredentials.createInsecure(), (error, free) => {
      if (error === null) resolve(free);
      else reject(error);
    });
  });
  return { port: bound, server };
}

/** The real world for a server under test. */
export function realEnv(): XdsEnv {
  return {
    now: () => Date.now(),
    after(millis, work) {
      const timer = setTimeout(work, millis);
      return () => {
        clearTimeout(timer);
      };
    },
    log: { info: () => undefined, warn: () => undefined },
  };
}
