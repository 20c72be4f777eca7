import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseKubeconfig } from '../../src/kube/kubeconfig.js';

const ca = Buffer.from('the authority').toString('base64');

function kubeconfig(
  options: { readonly cluster?: string; readonly user?: string; readonly context?: string } = {},
): string {
  const { cluster = 'server: https://a:6443', user = 'token: t', context = 'cluster: c, user: u' } = options;
  return `
apiVersion: v1
kind: Config
current-context: here
contexts: [{ name: other, context: {} }, { name: here, context: { ${context} } }]
clusters: [{ name: c, cluster: { ${cluster} } }]
users: [{ name: u, user: { ${user} } }]
`;
}

const fromFile = { name: '/etc/kube/config', folder: '/etc/kube' };
const fromSecret = { name: 'remote', folder: undefined };

function problemsOf(text: string, source: { name: string; folder: string | undefined } = fromFile): string {
  try {
    parseKubeconfig(text, source);
  } catch (error) {
    return (error as Error).message;
  }
  return '';
}

describe('a kubeconfig', () => {
  it('leads to the cluster of the current context', () => {
    const access = parseKubeconfig(
      kubeconfig({
        cluster: `server: "https://a:6443/base/", certificate-authority-data: ${ca}, tls-server-name: kube`,
        context: 'cluster: c, user: u, namespace: n',
      }),
      fromFile,
    );
    assert.equal(access.server.href, 'https://a:6443/base/');
    assert.deepEqual(access.ca, { kind: 'data', data: Buffer.from('the authority') });
    assert.equal(access.serverName, 'kube');
    assert.equal(access.namespace, 'n');
    assert.equal(access.isInsecure, false);
    assert.deepEqual(access.credentials, { kind: 'token', token: { kind: 'data', data: 't' } });
  });

  it('has paths that are relative to itself', () => {
    const { ca, cert, key, credentials } = parseKubeconfig(
      kubeconfig({
        cluster: 'server: https://a, certificate-authority: ca.crt',
        user: 'client-certificate: /abs/c.crt, client-key: k.key, tokenFile: token',
      }),
      fromFile,
    );
    assert.deepEqual(ca, { kind: 'file', path: '/etc/kube/ca.crt' });
    assert.deepEqual(cert, { kind: 'file', path: '/abs/c.crt' });
    assert.deepEqual(key, { kind: 'file', path: '/etc/kube/k.key' });
    assert.deepEqual(credentials, { kind: 'token', token: { kind: 'file', path: '/etc/kube/token' } });
  });

  it('may have a name and a password, somebody to act as, or nobody at all', () => {
    const credentialsOf = (user: string) => parseKubeconfig(kubeconfig({ user }), fromFile).credentials;
    assert.deepEqual(credentialsOf('username: a, password: b'), { kind: 'basic', username: 'a', password: 'b' });
    assert.deepEqual(credentialsOf(''), { kind: 'none' });
    assert.equal(parseKubeconfig(kubeconfig({ user: 'as: bob' }), fromFile).impersonate, 'bob');
    assert.deepEqual(parseKubeconfig(kubeconfig({ context: 'cluster: c' }), fromFile).credentials, { kind: 'none' });
  });

  it('trusts any server only when it says so', () => {
    const cluster = `server: https://a, insecure-skip-tls-verify: true, certificate-authority-data: ${ca}`;
    const access = parseKubeconfig(kubeconfig({ cluster }), fromFile);
    assert.equal(access.isInsecure, true);
    assert.equal(access.ca, undefined);
  });

  it('leaves programs, identity providers and proxies to the library', () => {
    const whyOf = (options: Parameters<typeof kubeconfig>[0]) => {
      const { credentials } = parseKubeconfig(kubeconfig(options), fromFile);
      return credentials.kind === 'library' ? [credentials.why, credentials.folder] : credentials.kind;
    };
    assert.deepEqual(whyOf({ user: 'exec: { command: aws }' }), ['exec', '/etc/kube']);
    assert.deepEqual(whyOf({ user: 'auth-provider: { name: oidc }' }), ['auth-provider', '/etc/kube']);
    assert.deepEqual(whyOf({ cluster: 'server: https://a, proxy-url: http://p' }), ['proxy-url', '/etc/kube']);
  });

  it('from a secret reads no file and starts no program', () => {
    const cluster = 'server: https://a, certificate-authority: /etc/ca.crt';
    const user = 'tokenFile: /var/run/secrets/token, client-key: k, client-certificate: c';
    assert.equal(
      problemsOf(kubeconfig({ cluster, user }), fromSecret),
      'kubeconfig "remote": certificate-authority is not taken from a file here; use what goes in place; ' +
        'client-certificate is not taken from a file here; use what goes in place; ' +
        'client-key is not taken from a file here; use what goes in place; ' +
        'tokenFile is not taken from a file here; use what goes in place',
    );
    assert.match(
      problemsOf(kubeconfig({ user: 'exec: { command: rm }' }), fromSecret),
      /exec is not taken from a secret/,
    );
    assert.match(
      problemsOf(kubeconfig({ user: 'auth-provider: { name: gcp }' }), fromSecret),
      /auth-provider is not taken/,
    );
    assert.equal(problemsOf(kubeconfig(), fromSecret), '');
  });

  it('from a secret leaves nothing to the library but what has been looked at', () => {
    const cluster = 'server: https://a, proxy-url: http://p';
    assert.match(
      problemsOf(kubeconfig({ cluster, user: 'tokenFile: /var/run/secrets/token' }), fromSecret),
      /tokenFile is not taken from a file here/,
    );
    // A merged key is none in YAML 1.2, and a program for a parser of YAML 1.1; so is a token file of somebody else.
    const others = `
templates: { program: &program { exec: { command: rm } } }
users: [{ name: u, user: { <<: *program, token: t } }, { name: v, user: { tokenFile: /etc/passwd } }]
`;
    const text = kubeconfig({ cluster }).replace(/\nusers: .*/, others);
    const { credentials } = parseKubeconfig(text, fromSecret);
    assert.ok(credentials.kind === 'library');
    assert.deepEqual(JSON.parse(credentials.kubeconfig), {
      'current-context': 'it',
      contexts: [{ name: 'it', context: { cluster: 'it', user: 'it' } }],
      clusters: [{ name: 'it', cluster: { server: 'https://a', 'proxy-url': 'http://p' } }],
      users: [{ name: 'it', user: { token: 't' } }],
    });
  });

  it('is refused with what is wrong', () => {
    const cases: [string, RegExp][] = [
      ['', /it is no map/],
      ['[1]', /it is no map/],
      ['a: [', /kubeconfig "\/etc\/kube\/config": /],
      ['a: 1', /current-context is missing/],
      ['current-context: x', /there is no context "x"/],
      [kubeconfig({ context: 'cluster: other, user: someone' }), /no cluster "other"; there is no user "someone"/],
      [kubeconfig({ cluster: '' }), /server "" is no http or https address/],
      [kubeconfig({ cluster: 'server: "ftp://a"' }), /server "ftp:\/\/a" is no http/],
      [kubeconfig({ user: 'client-certificate: a' }), /client-certificate and client-key go together/],
    ];
    for (const [text, problem] of cases) assert.match(problemsOf(text), problem);
  });
});
