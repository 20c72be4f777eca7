import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { clusterName, clusterSni, domainsOf } from '../../../src/pilot/model/naming.js';

describe('names', () => {
  it('of clusters are their parts', () => {
    const parts = {
      direction: 'outbound',
      port: 9080,
      subset: 'v1',
      host: 'reviews.default.svc.cluster.local',
    } as const;
    assert.equal(clusterName(parts), 'outbound|9080|v1|reviews.default.svc.cluster.local');
    assert.equal(clusterSni(parts), 'outbound_.9080_.v1_.reviews.default.svc.cluster.local');
  });
});

describe('domainsOf()', () => {
  const given = { port: 80, addresses: [], namespace: 'shop', domain: 'cluster.local' };

  it('has short forms for a service of the own namespace', () => {
    assert.deepEqual(domainsOf('a.shop.svc.cluster.local', given), [
      'a.shop.svc.cluster.local',
      'a.shop.svc.cluster.local:80',
      'a',
      'a:80',
      'a.shop',
      'a.shop:80',
      'a.shop.svc',
      'a.shop.svc:80',
    ]);
  });

  it('has none without a namespace for a service of another namespace', () => {
    assert.deepEqual(domainsOf('a.other.svc.cluster.local', given), [
      'a.other.svc.cluster.local',
      'a.other.svc.cluster.local:80',
      'a.other',
      'a.other:80',
      'a.other.svc',
      'a.other.svc:80',
    ]);
  });

  it('has the name and the addresses alone for other hosts', () => {
    const addresses = ['10.0.0.1', '10.1.0.0/16', '::1'];
    assert.deepEqual(domainsOf('a.com', { ...given, addresses }), [
      'a.com',
      'a.com:80',
      '10.0.0.1',
      '10.0.0.1:80',
      '[::1]',
      '[::1]:80',
    ]);
  });

  it('has the names of the instances of a headless service', () => {
    const domains = domainsOf('a.shop.svc.cluster.local', { ...given, isHeadless: true });
    assert.deepEqual(
      domains.filter((one) => one.startsWith('*') && !one.includes(':')),
      ['*.a.shop.svc.cluster.local', '*.a', '*.a.shop', '*.a.shop.svc'],
    );
  });

  it('has an address in version 6 in brackets', () => {
    assert.deepEqual(domainsOf('::1', given), ['[::1]', '[::1]:80']);
  });

  it('has nothing but the star for all hosts', () => {
    assert.deepEqual(domainsOf('*', given), ['*']);
  });
});
