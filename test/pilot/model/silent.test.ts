import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { modelOf, resource } from '../support.js';

const service = (name: string, rest: string): string =>
  resource('VirtualService', name, `{ http: [{ route: [{ destination: { host: b } }] }], ${rest} }`);
const found = (yaml: string): string[] => modelOf(yaml).diagnostics.map(({ severity, path }) => `${severity} ${path}`);

describe('what has no effect is told:', () => {
  it('a VirtualService for a host that an older one routes', () => {
    const yaml = service('u', 'hosts: [a]') + service('v', 'hosts: [x.com, a.default.svc.cluster.local]');
    assert.deepEqual(found(yaml), ["warning VirtualService 'v.default' hosts[1]"]);
  });

  it('but not where the other one is private to another namespace, or for gateways', () => {
    const host = 'hosts: [a.com]';
    assert.deepEqual(found(service('u other', `${host}, exportTo: ["."]`) + service('v', host)), []);
    assert.deepEqual(found(service('u', `${host}, exportTo: ["."]`) + service('v', `${host}, exportTo: ["."]`)), [
      "warning VirtualService 'v.default' hosts[0]",
    ]);
    const edge = resource(
      'Gateway',
      'edge',
      '{ servers: [{ port: { number: 80, name: http, protocol: HTTP }, hosts: ["*"] }] }',
    );
    assert.deepEqual(found(edge + service('u', host) + service('v', `${host}, gateways: [edge]`)), []);
  });

  it('a name of a Gateway that is not there', () => {
    assert.deepEqual(found(service('v', 'hosts: [a], gateways: [mesh, edge]')), [
      "warning VirtualService 'v.default' gateways[1]",
    ]);
  });

  it('a second Sidecar for a whole namespace', () => {
    const sidecar = (name: string, selector = ''): string =>
      resource('Sidecar', name, `{ ${selector}egress: [{ hosts: ["*/*"] }] }`);
    const selecting = 'workloadSelector: { labels: { app: a } }, ';
    const yaml = sidecar('a') + sidecar('b') + sidecar('c', selecting) + sidecar('d', selecting) + sidecar('a other');
    assert.deepEqual(found(yaml), ["warning Sidecar 'b.default' metadata.name"]);
  });
});
