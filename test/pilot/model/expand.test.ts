import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { expandGateway, expandHost } from '../../../src/pilot/model/expand.js';

const scope = { namespace: 'shop', domain: 'cluster.local' };

describe('expandHost()', () => {
  const rows: readonly [host: string, full: string][] = [
    ['reviews', 'reviews.shop.svc.cluster.local'],
    ['Reviews', 'reviews.shop.svc.cluster.local'],
    ['reviews.other', 'reviews.other'],
    ['reviews.other.svc.cluster.local.', 'reviews.other.svc.cluster.local'],
    ['*', '*'],
    ['*.example.com', '*.example.com'],
    ['10.0.0.1', '10.0.0.1'],
    ['::1', '::1'],
  ];
  for (const [host, full] of rows) it(`makes ${full} of ${host}`, () => assert.equal(expandHost(host, scope), full));
});

describe('expandGateway()', () => {
  const rows: readonly [name: string, full: string][] = [
    ['mesh', 'mesh'],
    ['edge', 'shop/edge'],
    ['./edge', 'shop/edge'],
    ['other/edge', 'other/edge'],
    ['edge.other.svc.cluster.local', 'other/edge'],
    ['edge.other', 'other/edge'],
  ];
  for (const [name, full] of rows)
    it(`makes ${full} of ${name}`, () => assert.equal(expandGateway(name, 'shop'), full));
});
