import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { test } from 'node:test';
import { Http1Call } from '../../../../src/proxy/upstream/http1/http1-call.js';
import { Http1Connection, type Http1Owner } from '../../../../src/proxy/upstream/http1/http1-connection.js';
import { Http1Pool } from '../../../../src/proxy/upstream/http1/http1-pool.js';
import type { UpstreamFailure } from '../../../../src/proxy/upstream/types.js';
import { eventually } from '../../../support/peer.js';
import { bareEndpoints, httpServer, localityOf, requestOf } from '../fixture.js';

test('a request that a closing connection has not written goes back to the pool, but not for ever', async () => {
  await httpServer(
    (_request, response) => response.end(),
    async ({ target }) => {
      const [host] = bareEndpoints(localityOf([target]));
      const socket = connect(host!.port, host!.address);
      await once(socket, 'connect');
      const lost: Http1Call[] = [];
      let freed = 0;
      const owner: Http1Owner = {
        host: host!,
        draining: false,
        hasWaiting: false,
        free: () => {
          freed++;
        },
        gone: () => undefined,
        dispatch: (call) => void lost.push(call),
      };
      const connection = new Http1Connection(owner, socket);
      const pool = new Http1Pool(host!);
      const failures: UpstreamFailure[] = [];
      const handler = {
        onHead: () => undefined,
        onData: () => true,
        onEnd: () => undefined,
        onFailure: (failure: UpstreamFailure) => void failures.push(failure),
      };
      connection.start(new Http1Call(pool, requestOf(), handler));
      await eventually(async () => (freed === 1 ? true : undefined));
      socket.destroy();
      assert.equal(connection.isOpen, false);
      const call = new Http1Call(pool, requestOf(), handler);
      for (let count = 1; count <= 3; count++) {
        connection.start(call);
        await eventually(async () => (lost.length === count ? true : undefined));
      }
      assert.equal(failures.length, 0);
      connection.start(call);
      await eventually(async () => (failures.length === 1 ? true : undefined));
      assert.deepEqual(
        failures.map(({ kind }) => kind),
        ['reset'],
      );
      assert.equal(lost.length, 3);
    },
  );
});
