import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import cloudwatch from 'fairlead/adapters/cloudwatch';
import { decodeParams } from 'fairlead/testing';
import { validateTypes } from '../../../src/adapters/cloudwatch/validate-types.js';

interface Types {
  readonly metric?: Readonly<Record<string, { readonly value: string; readonly dimensions?: object }>>;
  readonly logentry?: Readonly<Record<string, { readonly variables: object }>>;
}

function findingsOf(params: string, { metric = {}, logentry = {} }: Types): readonly string[] {
  const { config, problems } = decodeParams(cloudwatch, `namespace: mesh\n${params}`);
  assert.deepEqual(problems, []);
  const withDimensions = Object.entries(metric).map(([name, type]) => [name, { dimensions: {}, ...type }] as const);
  const types = { metric: new Map(withDimensions), logentry: new Map(Object.entries(logentry)) };
  const found: string[] = [];
  validateTypes(config, types as never, (path, message, severity = 'error') => {
    found.push(`${severity} ${path}: ${message}`);
  });
  return found;
}

const ofUnit = (unit: string): string => `metricInfo: { m: { unit: ${unit} } }`;
const ofLogs = (logs: string): string => `logGroupName: g\nlogStreamName: s\nlogs: ${logs}`;

describe('cloudwatch and the metrics that reach it', () => {
  for (const value of ['STRING', 'INT64', 'DOUBLE']) {
    it(`have values of type ${value}`, () => {
      assert.deepEqual(findingsOf(ofUnit('None'), { metric: { m: { value } } }), []);
    });
  }

  for (const value of ['BOOL', 'TIMESTAMP', 'IP_ADDRESS', 'STRING_MAP']) {
    it(`have no values of type ${value}`, () => {
      assert.deepEqual(findingsOf(ofUnit('None'), { metric: { m: { value } } }), [
        `error metricInfo["m"]: values of type ${value} are not supported`,
      ]);
    });
  }

  it('need a unit of time for durations', () => {
    const metric = { m: { value: 'DURATION' } };
    for (const unit of ['Seconds', 'Milliseconds', 'Microseconds']) {
      assert.deepEqual(findingsOf(ofUnit(unit), { metric }), []);
    }
    assert.deepEqual(findingsOf(ofUnit('None'), { metric }), [
      'error metricInfo["m"].unit: a duration needs the unit Seconds, Milliseconds or Microseconds',
    ]);
  });

  it('need an entry each, which is idle without them', () => {
    assert.deepEqual(findingsOf(ofUnit('Count'), { metric: { n: { value: 'INT64' } } }), [
      'error metricInfo: no entry for n',
      'warning metricInfo["m"]: no rule sends this metric',
    ]);
  });

  it('have 30 dimensions and no more', () => {
    const dimensions = (length: number) =>
      Object.fromEntries(Array.from({ length }, (_, index) => [`d${index}`, 'STRING']));
    const ask = (length: number) =>
      findingsOf(ofUnit('Count'), { metric: { m: { value: 'INT64', dimensions: dimensions(length) } } });
    assert.deepEqual(ask(30), []);
    assert.deepEqual(ask(31), ['error metricInfo["m"]: a metric can have 30 dimensions at most']);
  });

  it('have names that CloudWatch knows', () => {
    const dimensions = { ok: 'STRING', ':a': 'STRING', é: 'STRING' };
    assert.deepEqual(findingsOf(ofUnit('Count'), { metric: { m: { value: 'INT64', dimensions } } }), [
      'error metricInfo["m"]: ":a" cannot be the name of a dimension',
      'error metricInfo["m"]: "é" cannot be the name of a dimension',
    ]);
    assert.deepEqual(findingsOf('metricInfo: { é: { unit: Count } }', { metric: { é: { value: 'INT64' } } }), [
      'error metricInfo["é"]: cannot be the name of a metric',
    ]);
  });
});

describe('cloudwatch and the log entries that reach it', () => {
  it('need variables', () => {
    const logentry = { l: { variables: {} }, k: { variables: { a: 'STRING' } } };
    assert.deepEqual(findingsOf(ofLogs('{ l: {}, k: {} }'), { logentry }), [
      'error logs["l"]: l has no variables, and a log entry needs some',
    ]);
  });

  it('are not sent without an entry, which is idle without them', () => {
    assert.deepEqual(findingsOf(ofLogs('{ l: {} }'), { logentry: { other: { variables: { a: 'STRING' } } } }), [
      'warning logs: no entry for other: it is not sent',
      'warning logs["l"]: no rule sends this log entry',
    ]);
  });

  it('have the variables that their template prints', () => {
    const template = (text: string) => ofLogs(`{ l: { payloadTemplate: '${text}' } }`);
    const logentry = { l: { variables: { user: 'STRING', at: 'TIMESTAMP', ip: 'IP_ADDRESS' } } };
    const sound = '{{or .usre "-"}} {{.user}} {{.ip}} {{.at.Unix}} {{.timestamp.Unix}} {{.severity}}';
    assert.deepEqual(findingsOf(template(sound), { logentry }), []);
    assert.deepEqual(findingsOf(template('{{.usre}}'), { logentry }), [
      'warning logs["l"].payloadTemplate: prints a variable that the log entry does not have',
    ]);
  });

  it('have variables of the types that their template needs', () => {
    const params = ofLogs(`{ l: { payloadTemplate: '{{.user.Unix}}' } }`);
    assert.deepEqual(findingsOf(params, { logentry: { l: { variables: { user: 'STRING' } } } }), [
      'warning logs["l"].payloadTemplate: cannot be applied to the variables: ' +
        "values of type string have no field or method 'Unix'",
    ]);
  });
});
