import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { describe, it } from 'node:test';
import { chooseCluster, connectCluster, readEnvironment } from '../../src/kube/index.js';
import { inClusterAccess } from '../../src/kube/in-cluster.js';
import { tempFolder } from '../support/temp-folder.js';

describe('choosing a cluster', () => {
  const choose = (path: string, env: Record<string, string>) =>
    chooseCluster(path, readEnvironment(env)).kubeconfigPath;

  it('takes the path, unless KUBECONFIG is set, also to nothing', () => {
    assert.equal(choose('/a', {}), '/a');
    assert.equal(choose('/a', { KUBECONFIG: '/b' }), '/b');
    assert.equal(choose('/a', { KUBECONFIG: '' }), undefined);
    assert.equal(choose('', {}), undefined);
  });
});

describe('connecting to a cluster', () => {
  const folder = tempFolder();

  it('says which file cannot be read', async () => {
    const path = join(folder, 'missing');
    await assert.rejects(connectCluster({ kubeconfigPath: path }), new RegExp(`kubeconfig "${path}": ENOENT`));
  });

  it('says that it takes one file where it is given several', async () => {
    const kubeconfigPath = [join(folder, 'one'), join(folder, 'two')].join(delimiter);
    await assert.rejects(connectCluster({ kubeconfigPath }), /ENOENT.*several files are not put together/);
  });

  it('has nowhere to go outside of a cluster', async () => {
    assert.equal(await connectCluster({ kubeconfigPath: undefined }, readEnvironment({})), undefined);
  });

  it('takes what a pod finds around itself', () => {
    const account = join(folder, 'account');
    mkdirSync(account);
    writeFileSync(join(account, 'token'), 't');
    writeFileSync(join(account, 'namespace'), 'istio-system\n');
    const environment = readEnvironment({ KUBERNETES_SERVICE_HOST: 'fd00::1', KUBERNETES_SERVICE_PORT: '6443' });
    const access = inClusterAccess(environment, account);
    assert.equal(access?.server.href, 'https://[fd00::1]:6443/');
    assert.equal(access.namespace, 'istio-system');
    assert.deepEqual(access.ca, { kind: 'file', path: join(account, 'ca.crt') });
    assert.deepEqual(access.credentials, { kind: 'token', token: { kind: 'file', path: join(account, 'token') } });
    assert.equal(inClusterAccess(environment, join(folder, 'elsewhere')), undefined);
  });

  it('leads to the server of a kubeconfig', async () => {
    const path = join(folder, 'config');
    const cluster = { server: 'https://127.0.0.1:1/base/' };
    const [contexts, clusters] = [[{ name: 'a', context: { cluster: 'c' } }], [{ name: 'c', cluster }]];
    writeFileSync(path, JSON.stringify({ 'current-context': 'a', contexts, clusters }));
    const connection = await connectCluster({ kubeconfigPath: path });
    assert.equal(connection?.server, 'https://127.0.0.1:1/base');
    await assert.rejects(connection.get('/api', new AbortController().signal), /ECONNREFUSED/);
    connection.close();
  });
});
