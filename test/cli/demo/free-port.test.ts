import assert from 'node:assert/strict';
import { type AddressInfo, createServer } from 'node:net';
import { it } from 'node:test';

import { portIfFree, portOrAnother } from '../../../src/cli/demo/free-port.js';

it('portIfFree() gives a port that is free and 0 for one that is taken, portOrAnother() another one', async () => {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  assert.equal(await portIfFree(port), 0);
  const another = await portOrAnother(port);
  assert.ok(another > 0 && another !== port);
  await new Promise((resolve) => server.close(resolve));
  assert.equal(await portIfFree(port), port);
  assert.equal(await portOrAnother(port), port);
});
