import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Command } from 'commander';

import { addProxyFlags, type ProxyFlags } from '../../../src/cli/proxy/proxy-flags.js';

function parse(...args: string[]): ProxyFlags {
  const command = addProxyFlags(new Command('proxy'))
    .exitOverride()
    .configureOutput({ writeErr: () => undefined });
  command.parse(['--configDir', '.', ...args], { from: 'user' });
  return command.opts<ProxyFlags>();
}

describe('the flags of a proxy', () => {
  it('say who the workload is', () => {
    const { annotations, labels, meshId } = parse(
      '--annotations=policy.istio.io/check=allow-on-error,policy.istio.io/checkRetries=3',
      '--labels=app=reviews,version=v1',
      '--meshId=shop',
    );
    assert.deepEqual(Object.fromEntries(annotations), {
      'policy.istio.io/check': 'allow-on-error',
      'policy.istio.io/checkRetries': '3',
    });
    assert.deepEqual(Object.fromEntries(labels), { app: 'reviews', version: 'v1' });
    assert.equal(meshId, 'shop');
    assert.deepEqual([parse().annotations.size, parse().meshId], [0, '']);
  });

  it('refuse half a label, and take one whose value is empty', () => {
    assert.throws(() => parse('--labels=app=reviews,version'), /'version' is not name=value/);
    assert.throws(() => parse('--labels==v1'), /'=v1' is not name=value/);
    assert.deepEqual([...parse('--labels=app=').labels], [['app', '']]);
  });

  const wrong = [
    ['policy.istio.io/check=maybe', /must be enable, disable or allow-on-error/],
    ['policy.istio.io/check', /must be enable, disable or allow-on-error/],
    ['policy.istio.io/checkRetries=-1', /must be a number/],
    ['policy.istio.io/checkMaxRetryWaitTime=soon', /must be a duration/],
    ['policy.istio.io/lang=lua', /policy\.istio\.io\/lang is not one of policy\.istio\.io\/check, /],
  ] as const;
  for (const [text, message] of wrong) {
    it(`refuse the annotation ${text}`, () => {
      assert.throws(() => parse(`--annotations=${text}`), message);
    });
  }
});
