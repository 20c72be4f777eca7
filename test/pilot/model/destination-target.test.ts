import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { resolveDestination } from '../../../src/pilot/index.js';
import { servicesOf, viewOf } from '../support.js';

const { scope } = viewOf(
  servicesOf(['one']) +
    servicesOf(['two'], '{ name: http, port: 80 }, { name: tcp, port: 90 }').replace('listed', 'more'),
);
const host = (name: string): string => `${name}.default.svc.cluster.local`;

describe('a destination', () => {
  const rows: readonly [
    name: string,
    port: number | undefined,
    listener: number,
    cluster: string,
    found: number | undefined,
  ][] = [
    ['one', 81, 9080, '81', undefined],
    ['one', undefined, 9080, '80', 80],
    ['two', undefined, 90, '90', 90],
    ['two', undefined, 91, '91', undefined],
    ['two', 80, 90, '80', 80],
    ['none', undefined, 9080, '9080', undefined],
  ];
  for (const [name, port, listenerPort, cluster, found] of rows) {
    it(`${name} with port ${port} on a listener of ${listenerPort} is cluster ${cluster}`, () => {
      const to = { host: host(name), subset: 'v1', port: port === undefined ? undefined : { number: port } };
      const resolved = resolveDestination(to, { scope, listenerPort });
      assert.equal(resolved.cluster, `outbound|${cluster}|v1|${host(name)}`);
      assert.equal(resolved.port?.number, found);
      assert.equal(resolved.service?.name, name === 'none' ? undefined : name);
    });
  }
});
