import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, describe, it } from 'node:test';
import { Server, ServerCredentials } from '@grpc/grpc-js';
import { Command } from 'commander';
import { openControlPlane } from '../../../src/cli/proxy/control-plane.js';
import { addProxyFlags, type ProxyFlags } from '../../../src/cli/proxy/proxy-flags.js';
import {
  addXdsService,
  createXdsServer,
  optionsOfNode,
  proxyOfNode,
  toFairleadSnapshot,
  type XdsNode,
} from '../../../src/pilot/index.js';
import { realEnv } from '../../pilot/xds/net.js';
import { proxyOf } from '../../pilot/support.js';
import { shop } from '../../proxy/xds/shop.js';
import { TestAuthority } from '../../proxy/upstream/certificates.js';
import { MemoryLog } from '../../support/memory-log.js';
import { until } from '../../support/mesh/test-time.js';
import { tempFolder } from '../../support/temp-folder.js';

describe('the control plane of the command line', () => {
  const folder = tempFolder();
  const nodes: XdsNode[] = [];
  const xds = createXdsServer({
    env: realEnv(),
    snapshotFor: (node) => {
      nodes.push(node);
      return toFairleadSnapshot(shop());
    },
  });
  const grpc = new Server();
  let ca: TestAuthority;
  let address = '';

  before(async () => {
    ca = new TestAuthority(folder, 'ca');
    const { cert, key } = ca.issue('pilot', 'IP:127.0.0.1');
    ca.issue('proxy', 'DNS:proxy');
    const pair = { private_key: Buffer.from(key), cert_chain: Buffer.from(cert) };
    const credentials = ServerCredentials.createSsl(readFileSync(ca.caFile), [pair], true);
    addXdsService(grpc, xds);
    const port = await new Promise<number>((resolve, reject) => {
      grpc.bindAsync('127.0.0.1:0', credentials, (error, bound) => {
        if (error === null) resolve(bound);
        else reject(error);
      });
    });
    address = `127.0.0.1:${port}`;
  });
  after(() => {
    xds.close();
    grpc.forceShutdown();
  });

  const open = (args: readonly string[]) => {
    const log = new MemoryLog();
    const flags = addProxyFlags(new Command('proxy'))
      .parse(['--discoveryAddress', address, ...args], { from: 'user' })
      .opts<ProxyFlags>();
    const proxy = proxyOf({
      id: 'w.shop',
      namespace: 'shop',
      ips: ['10.0.0.1'],
      labels: { app: 'web' },
      locality: 'r/z',
    });
    return { log, feed: openControlPlane({ flags, proxy, workingDirectory: folder, version: '1', log }) };
  };
  const tls = ['--discoveryCaFile=ca.pem', '--discoveryCertFile=proxy.pem', '--discoveryKeyFile=proxy.key'];

  it('is reached by mutual TLS, and told who the proxy is and what it wants', async () => {
    const { feed } = open([...tls, '--outboundPorts=all', '--meshId=m', '--annotations=policy.istio.io/check=disable']);
    try {
      await until(() => feed.current() !== undefined);
    } finally {
      await feed.close();
    }
    const [node] = nodes;
    assert(node !== undefined);
    assert.equal(node.id, 'sidecar~10.0.0.1~w.shop~shop.svc.cluster.local');
    assert.deepEqual(proxyOfNode(node), {
      ...{ id: 'w.shop', type: 'sidecar', namespace: 'shop', ips: ['10.0.0.1'], locality: 'r/z' },
      labels: new Map([['app', 'web']]),
    });
    assert.deepEqual(optionsOfNode(node), {
      ...{
        outboundPorts: 'all',
        outboundAddress: '127.0.0.1',
        inboundTls: 'permissive',
        meshId: 'm',
        traceSampling: 100,
      },
      annotations: new Map([['policy.istio.io/check', 'disable']]),
    });
  });

  it('is not there for who shows no certificate, or whose files cannot be read; that is told', async () => {
    for (const args of [['--discoveryCaFile=ca.pem'], ['--discoveryCaFile=none.pem']]) {
      const { feed, log } = open(args);
      try {
        await until(() => log.lines.length > 0);
      } finally {
        await feed.close();
      }
      assert.match(JSON.stringify(log.lines), /the control plane does not answer/);
      assert.equal(feed.current(), undefined);
    }
  });
});
