import assert from 'node:assert/strict';
import type { RequestOptions } from 'node:https';
import { describe, it } from 'node:test';
import { importLibrary, type LibraryConfig, loadLibraryConfig, suitsNode } from '../../src/kube/client-library.js';
import { parseKubeconfig } from '../../src/kube/kubeconfig.js';

const what = { kubeconfig: 'text', folder: '/etc/kube', why: 'exec' };

describe('the library for kubeconfigs', () => {
  it('gets the whole kubeconfig and the folder that its paths are relative to', async () => {
    const calls: unknown[] = [];
    class KubeConfig implements LibraryConfig {
      loadFromString(text: string): void {
        calls.push(text);
      }
      makePathsAbsolute(folder: string): void {
        calls.push(folder);
      }
      getCurrentUser(): null {
        return null;
      }
      applyToHTTPSOptions(): Promise<void> {
        return Promise.resolve();
      }
    }
    assert.ok((await loadLibraryConfig(what, () => Promise.resolve({ KubeConfig }))) instanceof KubeConfig);
    assert.deepEqual(calls, ['text', '/etc/kube']);
  });

  it('finds programs that lie beside the kubeconfig, and others where they always are', async (t) => {
    const load = await importLibrary().catch(() => undefined);
    if (load === undefined) {
      t.skip('the library does not run on this Node');
      return;
    }
    const commandOf = async (command: string): Promise<unknown> => {
      const config = await loadLibraryConfig(
        {
          kubeconfig: JSON.stringify({
            'current-context': 'c',
            contexts: [{ name: 'c', context: { cluster: 'c', user: 'u' } }],
            clusters: [{ name: 'c', cluster: { server: 'https://a' } }],
            users: [{ name: 'u', user: { exec: { apiVersion: 'client.authentication.k8s.io/v1', command } } }],
          }),
          folder: '/etc/kube',
          why: 'exec',
        },
        () => Promise.resolve(load),
      );
      return (config.getCurrentUser()?.exec as { readonly command: unknown }).command;
    };
    assert.equal(await commandOf('./bin/login'), '/etc/kube/bin/login');
    assert.equal(await commandOf('/bin/login'), '/bin/login');
    assert.equal(await commandOf('login'), 'login');
  });

  it('takes what is left of a kubeconfig from a secret: server, proxy, token and whom to act as', async (t) => {
    const text = `
current-context: c
contexts: [{ name: c, context: { cluster: c, user: u } }]
clusters: [{ name: c, cluster: { server: https://a, proxy-url: http://p:1, insecure-skip-tls-verify: true } }]
users: [{ name: u, user: { token: t, as: bob } }]
`;
    const { credentials } = parseKubeconfig(text, { name: 'remote', folder: undefined });
    assert.ok(credentials.kind === 'library');
    const load = await importLibrary().catch(() => undefined);
    if (load === undefined) {
      t.skip('the library does not run on this Node');
      return;
    }
    const config = await loadLibraryConfig(credentials, () => Promise.resolve(load));
    const options: RequestOptions = { headers: {} };
    await config.applyToHTTPSOptions(options);
    assert.deepEqual(options.headers, { Authorization: 'Bearer t', 'Impersonate-User': 'bob' });
    assert.equal(options.rejectUnauthorized, false);
    assert.notEqual(options.agent, undefined);
  });

  it('is asked for by name where it is missing', async () => {
    const missing = Object.assign(new Error('Cannot find package'), { code: 'ERR_MODULE_NOT_FOUND' });
    await assert.rejects(
      loadLibraryConfig(what, () => Promise.reject(missing)),
      { message: 'the kubeconfig has exec: install the package @kubernetes/client-node' },
    );
  });

  it('is named where it does not load', async () => {
    await assert.rejects(
      loadLibraryConfig(what, () => Promise.reject(new TypeError('no bind'))),
      /client-node does not load: no bind/,
    );
  });

  it('is not even touched on a Node that it would end', async () => {
    const runs = (version: string, nodes: readonly string[]) => nodes.map((node) => suitsNode(version, node));
    assert.deepEqual(runs('1.4.0', ['20.20.2', '22.19.0']), [true, true]);
    assert.deepEqual(runs('2.0.1', ['20.20.2', '22.18.0', '22.19.0', '24.0.0']), [false, false, true, true]);
    await importLibrary().then(
      ({ KubeConfig }) => assert.equal(typeof KubeConfig, 'function'),
      (error: unknown) => assert.match(String(error), /needs Node 22\.19 or newer; install version 1/),
    );
  });
});
