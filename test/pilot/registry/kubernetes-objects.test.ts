import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { readEndpoints, readSlice } from '../../../src/pilot/registry/kubernetes/read-endpoints.js';
import { readNode, readPod } from '../../../src/pilot/registry/kubernetes/read-pod.js';
import { readService } from '../../../src/pilot/registry/kubernetes/read-service.js';
import { toInstances } from '../../../src/pilot/registry/kubernetes/to-instances.js';

const naming = { registry: 'kubernetes', domain: 'cluster.local', trustDomain: 'td' };
const nowhere = { network: '', podOf: () => undefined, localityOfNode: () => '' };
const read = (spec: unknown, metadata: object = {}) =>
  readService({ metadata: { name: 'web', namespace: 'shop', ...metadata }, spec }, naming)!;

describe('a service of Kubernetes', () => {
  it('has the names, addresses, age and labels of the object', () => {
    const { service } = read(
      { clusterIP: '10.0.0.1', clusterIPs: ['10.0.0.1', 'fd00::1'] },
      { labels: { app: 'web' }, creationTimestamp: '2020-01-01T00:00:00Z' },
    );
    assert.deepEqual(service, {
      hostname: 'web.shop.svc.cluster.local',
      name: 'web',
      namespace: 'shop',
      addresses: ['10.0.0.1', 'fd00::1'],
      ports: [],
      resolution: 'LISTED',
      isExternal: false,
      serviceAccounts: [],
      createdAt: Date.UTC(2020),
      exportTo: [],
      labels: new Map([['app', 'web']]),
      uid: 'istio://shop/services/web',
      registry: 'kubernetes',
    });
  });

  it('passes calls through when it is headless', () => {
    const { service } = read({ clusterIP: 'None', clusterIPs: ['None'] });
    assert.deepEqual([service.resolution, service.addresses, service.isExternal], ['PASSTHROUGH', [], false]);
  });

  it('that is an external name is looked up by DNS and runs under that name', () => {
    const facts = read({ type: 'ExternalName', externalName: 'API.example.com.', ports: [{ name: 'tls', port: 443 }] });
    assert.deepEqual([facts.service.resolution, facts.service.isExternal], ['DNS', true]);
    const [instance, ...others] = toInstances(facts, [], nowhere);
    assert.deepEqual(
      [instance?.address, instance?.port, instance?.portName, others.length],
      ['api.example.com', 443, 'tls', 0],
    );
  });

  it('takes protocols from appProtocol, the transport, or the names of ports', () => {
    const ports = [
      { name: 'grpc-api', port: 1 },
      { name: 'HTTP2', port: 2 },
      { name: 'web', port: 3 },
      { name: 'dns', port: 53, protocol: 'UDP' },
      { name: 'http-x', port: 4, appProtocol: 'grpc' },
      { name: 'a', port: 5, appProtocol: 'kubernetes.io/h2c' },
      { name: 'http-y', port: 6, appProtocol: 'example.com/own' },
      { name: 'db', port: 3306 },
      { name: 'sctp', port: 7, protocol: 'SCTP' },
      { name: 'bad', port: 70_000 },
    ];
    assert.deepEqual(
      read({ ports }).service.ports.map(({ name, protocol }) => `${name} ${protocol}`),
      ['grpc-api GRPC', 'HTTP2 HTTP2', 'web AUTO', 'dns UDP', 'http-x GRPC', 'a HTTP2', 'http-y HTTP', 'db TCP'],
    );
  });

  it('takes identities and visibility from annotations', () => {
    const { service } = read(
      {},
      {
        annotations: {
          'alpha.istio.io/kubernetes-serviceaccounts': 'a, b',
          'alpha.istio.io/canonical-serviceaccounts': 'x@y.com',
          'networking.istio.io/exportTo': '*, .',
        },
      },
    );
    assert.deepEqual(service.serviceAccounts, ['x@y.com', 'spiffe://td/ns/shop/sa/a', 'spiffe://td/ns/shop/sa/b']);
    assert.deepEqual(service.exportTo, ['.']);
  });

  it('survives whatever else stands in its place', () => {
    for (const spec of [undefined, null, 1, 'x', [], { ports: {} }, { ports: [null, 1, {}] }, { clusterIP: 7 }]) {
      assert.deepEqual(read(spec).service.ports, []);
    }
    const labels = JSON.parse('{"__proto__": "x", "n": 1}') as Record<string, string>;
    assert.deepEqual([...read({}, { labels }).service.labels], [['__proto__', 'x']]);
    assert.equal(readService({ metadata: {} }, naming), undefined);
  });
});

describe('endpoints of Kubernetes', () => {
  it('are those of the first family of the service, when it has any', () => {
    const facts = read({ ipFamilies: ['IPv6'], ports: [{ name: '', port: 80 }] });
    const endpoints = readEndpoints({
      metadata: { name: 'web', namespace: 'shop' },
      subsets: [{ addresses: [{ ip: '10.0.0.1' }, { ip: 'fd00::1' }], ports: [{ port: 8080 }] }],
    });
    const { groups } = endpoints!;
    assert.deepEqual(
      toInstances(facts, groups, nowhere).map(({ address, port }) => [address, port]),
      [['fd00::1', 8080]],
    );
    const onlyV4 = groups.filter(({ family }) => family === 'IPv4');
    assert.equal(toInstances(facts, onlyV4, nowhere)[0]?.address, '10.0.0.1');
  });

  it('are nothing when a slice is of no service or holds names', () => {
    const metadata = { name: 's', namespace: 'shop' };
    assert.equal(readSlice({ metadata }), undefined);
    const labels = { 'kubernetes.io/service-name': 'web' };
    const named = readSlice({
      metadata: { ...metadata, labels },
      addressType: 'FQDN',
      endpoints: [{ addresses: ['a.com'] }],
    });
    assert.deepEqual(named, { name: 's', service: 'shop/web', groups: [] });
  });
});

describe('a pod of Kubernetes', () => {
  const readIt = (metadata: object, rest: object = {}) =>
    readPod({ metadata: { name: 'w1', namespace: 'shop', ...metadata }, ...rest }, 'td')!;

  it('runs under its annotated identity, else under its service account', () => {
    const spec = { serviceAccountName: 'front' };
    const annotated = (text: string) => ({ annotations: { 'alpha.istio.io/identity': text } });
    assert.equal(readIt({}, { spec }).serviceAccount, 'spiffe://td/ns/shop/sa/front');
    assert.equal(readIt(annotated('own'), { spec }).serviceAccount, 'spiffe://td/own');
    assert.equal(readIt(annotated('spiffe://x/y'), { spec }).serviceAccount, 'spiffe://x/y');
    assert.equal(readIt({}).serviceAccount, '');
  });

  it('has no address of its own on the network of its node or when it has ended', () => {
    const status = { podIP: '10.0.0.1', podIPs: [{ ip: '10.0.0.1' }, { ip: 'fd00::1' }] };
    assert.deepEqual(readIt({}, { status }).ips, ['10.0.0.1', 'fd00::1']);
    assert.deepEqual(readIt({}, { status, spec: { hostNetwork: true } }).ips, []);
    assert.deepEqual(readIt({}, { status: { ...status, phase: 'Failed' } }).ips, []);
  });

  it('may say itself where it is', () => {
    assert.equal(readIt({ labels: { 'istio-locality': 'us.a.b' } }).locality, 'us/a/b');
  });
});

describe('the locality of a node', () => {
  const localityOf = (labels: Record<string, string>) => readNode({ metadata: { name: 'n', labels } });

  it('comes from its labels, the newer ones first, as far as they say', () => {
    const old = {
      'failure-domain.beta.kubernetes.io/region': 'old',
      'failure-domain.beta.kubernetes.io/zone': 'a',
    };
    assert.equal(localityOf(old), 'old/a');
    assert.equal(localityOf({ ...old, 'topology.kubernetes.io/region': 'us' }), 'us/a');
    assert.equal(localityOf({ ...old, 'topology.istio.io/subzone': 'r1' }), 'old/a/r1');
    assert.equal(localityOf({ 'topology.kubernetes.io/region': 'us' }), 'us');
    assert.equal(localityOf({ ...old, 'istio-locality': 'eu.x' }), 'eu/x');
    assert.equal(localityOf({}), '');
  });
});
