import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import cloudwatch from 'fairlead/adapters/cloudwatch';
import { decodeParams } from 'fairlead/testing';

describe('cloudwatch params', () => {
  it('may be of metrics alone, or of logs alone', () => {
    assert.deepEqual(decodeParams(cloudwatch, 'namespace: mesh').problems, []);
    assert.deepEqual(decodeParams(cloudwatch, 'logGroupName: g\nlogStreamName: s\nlogs: { a: {} }').problems, []);
  });

  it('name mistakes in templates by line and column', () => {
    const logs = 'logs: { a: { payloadTemplate: "one\\n{{.a}} {{lower .b}}" }, b: { payloadTemplate: "{{" } }';
    const { problems } = decodeParams(cloudwatch, `logGroupName: g\nlogStreamName: s\n${logs}`);
    assert.deepEqual(
      problems.map(({ path, message }) => `${path}: ${message}`),
      [
        `logs["a"].payloadTemplate: 2:10: there is no function 'lower'`,
        `logs["b"].payloadTemplate: 1:3: the action is not closed`,
      ],
    );
  });
});
