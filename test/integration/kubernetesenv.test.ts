import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import kubernetesenv from 'fairlead/adapters/kubernetesenv';
import { importLibrary } from '../../src/kube/client-library.js';
import { createHost } from '../../src/runtime/index.js';
import { decodeParams, fakeCall } from '../../src/testing/index.js';
import { type Ends, instanceOf, plain } from '../adapters/kubernetesenv/setup.js';
import { type Certificate, kubeconfigOf, KubeServer, makeCertificate } from '../support/kube-server.js';
import { MemoryLog } from '../support/memory-log.js';
import { eventually, peer } from '../support/peer.js';
import { tempFolder } from '../support/temp-folder.js';

// What the machine is connected to has no say here.
delete process.env['KUBECONFIG'];
delete process.env['KUBERNETES_SERVICE_HOST'];

const [pods, replicaSets, secrets] = ['/api/v1/pods', '/apis/apps/v1/replicasets', '/api/v1/secrets'];
const loadsLibrary = await importLibrary().then(
  () => true,
  () => false,
);

const pod = (name: string, more: object = {}) => ({
  metadata: { name, namespace: 'default', labels: { app: name } },
  ...more,
});

describe('kubernetesenv beside an API server', peer('openssl', 'apt-get install openssl'), () => {
  const folder = tempFolder();
  const ending: (() => Promise<void>)[] = [];
  let certificate: Certificate;
  let files = 0;

  before(() => {
    certificate = makeCertificate(folder);
  });
  after(async () => {
    for (const end of ending.reverse()) await end();
  });

  async function startServer(): Promise<KubeServer> {
    const server = await KubeServer.start(certificate);
    ending.push(() => server.stop());
    return server;
  }

  function write(text: string): string {
    const path = join(folder, `file-${++files}`);
    writeFileSync(path, text);
    return path;
  }

  const log = new MemoryLog();
  const host = createHost({ log });
  const hasLogged = (text: string): boolean => log.lines.some(({ message }) => message.includes(text));

  async function build(kubeconfig: string) {
    const lent = host.createEnv('h', 'kubernetesenv');
    const { config } = decodeParams(kubernetesenv, `kubeconfigPath: ${kubeconfig}`);
    const types = { kubernetes: new Map() };
    try {
      const handler = await kubernetesenv.build({ name: 'h', config, types, env: lent.env });
      const ask = async (ends: Ends) => plain(await handler.generateKubernetesAttributes(instanceOf(ends), fakeCall()));
      const name = async (of: string) => (await ask({ from: `kubernetes://${of}.default` }))['sourcePodName'];
      const close = async (): Promise<void> => {
        lent.abort();
        await handler.close?.();
        lent.dispose();
      };
      ending.push(close);
      return {
        ask,
        close,
        knows: (of: string) => eventually(async () => ((await name(of)) === of ? true : undefined)),
        lost: (of: string) => eventually(async () => ((await name(of)) === undefined ? true : undefined)),
      };
    } catch (error) {
      lent.dispose();
      throw error;
    }
  }

  const watching = (server: KubeServer, count = 1) =>
    eventually(() => Promise.resolve(server.watching(pods) === count ? true : undefined));

  it('knows pods and their owners from pages, and changes as they come', async () => {
    const server = await startServer();
    for (let index = 0; index < 1200; index += 1) server.put(pods, pod(`pod-${index}`));
    const controller = (kind: string, name: string) => [{ apiVersion: 'apps/v1', kind, name, controller: true }];
    server.put(pods, {
      metadata: { name: 'a', namespace: 'default', ownerReferences: controller('ReplicaSet', 'set') },
      status: { podIP: '10.0.0.1' },
    });
    server.put(replicaSets, {
      metadata: { name: 'set', namespace: 'default', ownerReferences: controller('Deployment', 'front') },
    });
    const { ask, knows, lost, close } = await build(write(kubeconfigOf(server)));
    assert.equal(server.requests(pods, 'list').length, 3);
    assert.equal((await ask({ fromIp: '10.0.0.1' }))['sourceWorkloadName'], 'front');
    assert.equal((await ask({ to: 'kubernetes://pod-1199.default' }))['destinationPodName'], 'pod-1199');
    await watching(server);
    server.put(pods, pod('late'));
    await knows('late');
    server.remove(pods, 'late');
    await lost('late');
    await close();
    await eventually(() => Promise.resolve(server.openSockets === 0 ? true : undefined));
  });

  it('goes on from a bookmark, without listing again', async () => {
    const server = await startServer();
    server.put(pods, pod('a'));
    const { knows, close } = await build(write(kubeconfigOf(server)));
    await watching(server);
    server.bookmark();
    // Versions before the bookmark are gone: only who heard it can go on.
    server.compact();
    server.endWatches();
    await watching(server);
    server.put(pods, pod('b'));
    await knows('b');
    assert.equal(server.requests(pods, 'list').length, 1);
    assert.equal(server.requests(pods, 'watch').at(-1)!.query.get('resourceVersion'), '1002');
    await close();
  });

  it('goes on from the last change when the connection breaks', async () => {
    const server = await startServer();
    server.put(pods, pod('a'));
    const { knows, close } = await build(write(kubeconfigOf(server)));
    await watching(server);
    server.put(pods, pod('b'));
    await knows('b');
    server.disconnect();
    server.put(pods, pod('c'));
    await knows('c');
    assert.equal(server.requests(pods, 'list').length, 1);
    assert.equal(server.requests(pods, 'watch').at(-1)!.query.get('resourceVersion'), '1002');
    await close();
  });

  for (const goneAs of ['status', 'event'] as const) {
    it(`lists again when its version is gone, told by ${goneAs}`, async () => {
      const server = await startServer();
      server.goneAs = goneAs;
      server.put(pods, pod('a'));
      server.put(pods, pod('b'));
      const { knows, lost, close } = await build(write(kubeconfigOf(server)));
      await watching(server);
      server.disconnect();
      await watching(server, 0);
      server.remove(pods, 'a');
      server.put(pods, pod('c'));
      server.compact();
      await knows('c');
      await lost('a');
      await knows('b');
      assert.equal(server.requests(pods, 'list').length, 2);
      await close();
    });
  }

  it('keeps what it knows while the server is away, and goes on when it is back', async () => {
    const first = await KubeServer.start(certificate);
    const { port } = first;
    first.put(pods, pod('a'));
    const { knows, lost, close } = await build(write(kubeconfigOf(first)));
    await watching(first);
    await first.stop();
    await eventually(() => Promise.resolve(hasLogged('resource cannot be followed') ? true : undefined));
    await knows('a');
    const second = await KubeServer.start(certificate, port);
    ending.push(() => second.stop());
    second.put(pods, pod('other'));
    second.put(pods, pod('b'));
    second.compact();
    await knows('b');
    await lost('a');
    await close();
  });

  it('says that its credentials are not accepted, and takes new ones from their file', async () => {
    const server = await startServer();
    server.put(pods, pod('a'));
    const tokenFile = write('old-token');
    const kubeconfig = write(kubeconfigOf(server, { tokenFile }));
    await assert.rejects(build(kubeconfig), {
      message: 'the server does not accept the credentials (401 Unauthorized)',
    });
    writeFileSync(tokenFile, `${server.token}\n`);
    const { knows, close } = await build(kubeconfig);
    await knows('a');
    await watching(server);
    server.token = 'renewed';
    writeFileSync(tokenFile, 'renewed');
    server.endWatches();
    await watching(server);
    assert.equal(server.seen.at(-1)?.authorization, 'Bearer renewed');
    await close();
  });

  it('does not talk to a server that its kubeconfig does not trust', async () => {
    const server = await startServer();
    const other = makeCertificate(folder, 'other').cert;
    const [ours, theirs] = [server.certificate.cert, other].map((cert) => Buffer.from(cert).toString('base64'));
    const text = kubeconfigOf(server).replace(ours!, theirs!);
    await assert.rejects(build(write(text)), /self-signed certificate|unable to verify/);
    assert.deepEqual(server.seen, []);
  });

  it('knows the pods of clusters that secrets name, while they do', async () => {
    const [home, east] = [await startServer(), await startServer()];
    east.token = 'east-token';
    home.put(pods, pod('here'));
    east.put(pods, pod('there'));
    home.put(secrets, {
      metadata: { name: 'clusters', namespace: 'istio-system', labels: { 'istio/multiCluster': 'true' } },
      data: { east: Buffer.from(kubeconfigOf(east)).toString('base64') },
    });
    home.put(secrets, {
      metadata: { name: 'other', namespace: 'istio-system' },
      data: { west: Buffer.from('not for us').toString('base64') },
    });
    const { knows, lost, close } = await build(write(kubeconfigOf(home)));
    await knows('here');
    await knows('there');
    assert.equal(east.seen[0]?.authorization, 'Bearer east-token');
    await east.stop();
    await knows('there');
    await knows('here');
    home.remove(secrets, 'clusters', 'istio-system');
    await lost('there');
    await close();
    assert.ok(hasLogged('cluster removed') && !hasLogged('cluster left out'));
  });

  it('lives without owners that it may not read', async () => {
    const server = await startServer();
    server.put(pods, pod('a'));
    server.refusals.set('/apis/batch/v1/jobs', { status: 403, message: 'jobs.batch is forbidden' });
    const { knows, close } = await build(write(kubeconfigOf(server)));
    await knows('a');
    await close();
  });

  it(
    'has programs asked for credentials by the Kubernetes client',
    { skip: !loadsLibrary && 'it does not load here' },
    async () => {
      const server = await startServer();
      server.put(pods, pod('a'));
      const credential = {
        apiVersion: 'client.authentication.k8s.io/v1',
        kind: 'ExecCredential',
        status: { token: server.token },
      };
      const exec = { apiVersion: credential.apiVersion, command: 'echo', args: [JSON.stringify(credential)] };
      const { knows, close } = await build(write(kubeconfigOf(server, { exec })));
      await knows('a');
      await close();
    },
  );
});
