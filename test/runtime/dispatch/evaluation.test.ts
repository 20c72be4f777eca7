import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { EvalError } from '../../../src/attributes/index.js';
import { Evaluation } from '../../../src/runtime/dispatch/evaluation.js';
import { bagOf, constant, createTestHost, instance, pathIs, read, slots } from '../../support/dispatch-fixture.js';

const guarded = (evaluate = pathIs('/a'), rule = 'r.default') => ({
  rule,
  condition: { source: 'request.path == "/a"', evaluate },
});

describe('Evaluation.matches()', () => {
  it('matches always without a condition', () => {
    const evaluation = new Evaluation(createTestHost().host);
    assert.equal(evaluation.matches({ rule: 'r', condition: undefined }, bagOf()), true);
  });

  it('matches when the condition is true', () => {
    const evaluation = new Evaluation(createTestHost().host);
    assert.equal(evaluation.matches(guarded(), bagOf({ 'request.path': '/a' })), true);
    assert.equal(evaluation.matches(guarded(), bagOf({ 'request.path': '/b' })), false);
  });

  for (const value of ['true', 1n, 1]) {
    it(`does not match when the condition is ${typeof value} ${value}`, () => {
      const evaluation = new Evaluation(createTestHost().host);
      assert.equal(evaluation.matches(guarded(constant(value)), bagOf()), false);
    });
  }

  it('skips a rule whose condition fails, counts it, and tells of it once per rule and snapshot', () => {
    const { host, log } = createTestHost();
    const evaluation = new Evaluation(host);
    const [one, other] = [guarded(), guarded(pathIs('/b'), 's.default')];
    for (let i = 0; i < 3; i++) {
      assert.equal(evaluation.matches(one, bagOf()), false);
      assert.equal(evaluation.matches(other, bagOf()), false);
    }
    assert.equal(host.stats.conditionErrors, 6);
    assert.deepEqual(
      log.lines.map(({ level, fields }) => [level, fields['rule']]),
      [
        ['warn', 'r.default'],
        ['warn', 's.default'],
      ],
    );
    new Evaluation(host).matches(one, bagOf());
    assert.equal(log.lines.length, 3);
  });

  it('tells of it each time to who debugs', () => {
    const { host, log } = createTestHost();
    log.debugEnabled = true;
    const evaluation = new Evaluation(host);
    const one = guarded();
    evaluation.matches(one, bagOf());
    evaluation.matches(one, bagOf());
    assert.deepEqual(
      log.lines.map(({ level }) => level),
      ['warn', 'debug'],
    );
  });
});

describe('Evaluation.build()', () => {
  it('builds an instance', () => {
    const evaluation = new Evaluation(createTestHost().host);
    const built = evaluation.build(instance('i.metric.default', read(slots.path)), bagOf({ 'request.path': '/a' }));
    assert.deepEqual(built, { name: 'i.metric.default', value: '/a' });
  });

  it('says why an instance could not be built, and does not flood the log', () => {
    const { host, log } = createTestHost();
    const evaluation = new Evaluation(host);
    const builder = instance('i.metric.default', read(slots.path));
    const texts = [evaluation.build(builder, bagOf()), evaluation.build(builder, bagOf())];
    assert.equal(texts[0], "instance 'i.metric.default' could not be built: Value: lookup failed: 'request.path'");
    assert.equal(texts[1], texts[0]);
    assert.equal(log.lines.length, 1);
  });

  it('does not repeat a value of any length', () => {
    const { host, log } = createTestHost();
    const wrong = new EvalError('ATTRIBUTE_VALUE_WRONG_TYPE', 'x'.repeat(500_000), '');
    const text = new Evaluation(host).build(
      instance('i.metric.default', () => wrong),
      bagOf(),
    );
    assert.ok(typeof text === 'string' && text.length < 1200);
    assert.ok(JSON.stringify(log.lines).length < 1500);
  });
});
