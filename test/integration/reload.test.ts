import assert from 'node:assert/strict';
import { renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';

import { compressAttributes } from '../../src/cli/client/compress-attributes.js';
import { tempFolder } from '../support/temp-folder.js';
import { startTestServer, type TestServer } from '../support/test-server.js';

const base = `
apiVersion: config.istio.io/v1alpha2
kind: handler
metadata: {name: refuse, namespace: istio-system}
spec: {compiledAdapter: denier, params: {status: {code: 7, message: closed}}}
---
apiVersion: config.istio.io/v1alpha2
kind: instance
metadata: {name: nothing, namespace: istio-system}
spec: {compiledTemplate: checknothing}
`;
const rule = (match: string): string => `
apiVersion: config.istio.io/v1alpha2
kind: rule
metadata: {name: deny, namespace: istio-system}
spec: {match: '${match}', actions: [{handler: refuse, instances: [nothing]}]}
`;
const requests = compressAttributes([['source.user', 'alice']]);

describe('a change of the configuration under load', () => {
  const folder = tempFolder({ 'base.yaml': base, 'rule.yaml': rule('source.user == "bob"') });
  let t: TestServer;
  let running = true;
  let failures = 0;
  let answered = 0;
  let lastCode = -1;
  const load: Promise<void>[] = [];

  before(async () => {
    t = await startTestServer({ config: folder });
    const client = async (): Promise<void> => {
      while (running) {
        try {
          const request = { attributes: requests, globalWordCount: 0, deduplicationId: '', quotas: {} };
          lastCode = (await t.mixer.check(request)).precondition?.status?.code ?? -1;
          answered++;
        } catch {
          failures++;
        }
      }
    };
    for (let at = 0; at < 8; at++) load.push(client());
  });
  after(async () => {
    running = false;
    await Promise.all(load);
    await t.stop();
  });

  /** Milliseconds until the requests under way are answered with this code. */
  const until = async (code: number): Promise<number> => {
    const start = performance.now();
    while (lastCode !== code) {
      assert.ok(performance.now() - start < 30_000, `still ${lastCode} after 30 s`);
      await new Promise((resolve) => setImmediate(resolve));
    }
    return performance.now() - start;
  };
  const replace = (name: string, text: string): void => {
    writeFileSync(join(folder, `.${name}.new`), text);
    renameSync(join(folder, `.${name}.new`), join(folder, name));
  };

  it('is in force within 2 s and fails no request', async () => {
    await until(0);
    replace('rule.yaml', rule('source.user == "alice"'));
    assert.ok((await until(7)) < 20_000);
    writeFileSync(join(folder, 'rule.yaml'), rule('source.user == "carol"'));
    assert.ok((await until(0)) < 20_000);
    assert.ok(answered > 0);
    assert.equal(failures, 0);
  });

  it('keeps the old behaviour, with a diagnostic, while a file is broken', async () => {
    replace('rule.yaml', rule('source.user == "alice"'));
    await until(7);
    replace('rule.yaml', 'kind: rule\n  spec: {{{\n');
    await said(/error YAML_SYNTAX: /);
    assert.equal(lastCode, 7);
    replace('rule.yaml', rule('source.user =='));
    await said(/error EXPRESSION_INVALID: /);
    assert.equal(lastCode, 7);
    replace('rule.yaml', rule('source.user == "dave"'));
    await until(0);
    assert.equal(failures, 0);
  });

  it('drops what is deleted', async () => {
    replace('rule.yaml', rule('source.user == "alice"'));
    await until(7);
    rmSync(join(folder, 'rule.yaml'));
    await until(0);
    assert.equal(failures, 0);
  });

  async function said(pattern: RegExp): Promise<void> {
    const start = performance.now();
    while (!t.log.lines.some(({ message }) => pattern.test(message))) {
      assert.ok(performance.now() - start < 30_000, `nothing like ${String(pattern)} in the log`);
      await new Promise((resolve) => setImmediate(resolve));
    }
  }
});
