import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { regoFixtures } from '../../support/rego.js';
import { decisions } from './decisions.js';
import { buildOpa, paramsOf, statusOf } from './setup.js';

const fixture = (name: string) => regoFixtures.find((one) => one.name === name)!;
const conflict = { service: 's', namespace: 'n' };
const params = (query: string, more = ''): string =>
  paramsOf(fixture('outcomes'), `checkMethod: ${JSON.stringify(query)}\n${more}`);

describe('opa', () => {
  for (const { title, fixture: name, query, request, open, closed } of decisions) {
    for (const failClose of [false, true]) {
      it(`answers ${title} (${name}, ${query}, failClose ${failClose})`, async () => {
        const more = `checkMethod: ${JSON.stringify(query)}\nfailClose: ${failClose}`;
        const { ask } = await buildOpa(paramsOf(fixture(name), more));
        assert.equal(statusOf(ask(request)), failClose ? closed : open);
      });
    }
  }

  it('passes what a failing policy is asked', async () => {
    const { ask, env } = await buildOpa(params('data.outcomes.conflict'));
    assert.equal(statusOf(ask(conflict)), 'OK');
    assert.equal(env.measured.get('undecided{outcome="error"}'), 1);
  });

  it('denies what a failing policy is asked and says why when it fails closed', async () => {
    const { ask } = await buildOpa(params('data.outcomes.conflict', 'failClose: true'));
    assert.match(statusOf(ask(conflict)), /^7 opa: request was rejected\. err: .*conflict/);
  });

  it('goes on after a failure', async () => {
    const { ask } = await buildOpa(params('data.outcomes.conflict', 'failClose: true'));
    const before = statusOf(ask({ service: 's' }));
    ask(conflict);
    assert.equal(statusOf(ask({ service: 's' })), before);
  });

  it('takes a property without a JSON form for a failure', async () => {
    const { ask } = await buildOpa(params('data.outcomes.open', 'failClose: true'));
    assert.match(statusOf(ask({ action: { ratio: Number.NaN } })), /err: json: unsupported value: NaN$/);
  });

  it('gives its answers no validity', async () => {
    const { ask } = await buildOpa(params('data.outcomes.open'));
    assert.deepEqual(ask({}), {});
    const { ask: askClosed } = await buildOpa(params('data.outcomes.closed'));
    assert.deepEqual(Object.keys(askClosed({})), ['status']);
  });

  it('counts what was not decided by what came instead', async () => {
    const { ask, env } = await buildOpa(params('data.outcomes.name'));
    ask({});
    ask({});
    assert.deepEqual([...env.measured], [['undecided{outcome="not boolean"}', 2]]);
  });
});

describe('the decision log', () => {
  it('is silent by default', async () => {
    const { ask, env } = await buildOpa(params('data.outcomes.open'));
    ask({ user: 'ann' });
    assert.deepEqual(env.logged, []);
  });

  it('tells equal inputs by their digest without telling them', async () => {
    const { ask, env } = await buildOpa(params('data.outcomes.open', 'decisionLog: HASH'));
    for (const user of ['ann', 'ann', 'bob']) ask({ user });
    const hashes = env.logged.map(({ fields }) => fields['inputHash']);
    assert.equal(hashes[0], hashes[1]);
    assert.notEqual(hashes[0], hashes[2]);
    assert.ok(!JSON.stringify(env.logged).includes('ann'));
  });

  it('has instance, input, result and duration', async () => {
    const { ask, env } = await buildOpa(params('data.outcomes.closed', 'decisionLog: INPUT'));
    ask({ user: 'ann', action: { count: 9_007_199_254_740_993n } });
    assert.deepEqual(env.logged, [
      {
        level: 'info',
        message: 'decision',
        fields: {
          instance: 'who.authorization.default',
          input: '{"action":{"properties":{"count":9007199254740993}},"subject":{"user":"ann"}}',
          result: 'deny',
          millis: 0,
        },
      },
    ]);
  });

  it('has what went wrong', async () => {
    const { ask, env } = await buildOpa(params('data.outcomes.conflict', 'decisionLog: HASH'));
    ask(conflict);
    const { result, error } = env.logged[0]!.fields;
    assert.equal(result, 'error');
    assert.match(String(error), /conflict/);
  });
});
