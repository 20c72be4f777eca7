import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Command } from 'commander';

import { telemetryOption } from '../../src/cli/telemetry-option.js';

function parse(...args: readonly string[]): unknown {
  const command = new Command().addOption(telemetryOption()).option('--other <text>');
  return command.parse(args, { from: 'user' }).opts()['defaultTelemetry'];
}

describe('--defaultTelemetry', () => {
  it('is nothing when left out, the usual parts when bare, and else the parts that are named', () => {
    assert.deepEqual(parse('--other', 'x'), []);
    assert.deepEqual(parse('--defaultTelemetry', '--other', 'x'), ['metrics', 'kubernetes']);
    assert.deepEqual(parse('--defaultTelemetry=accesslog'), ['accesslog']);
    assert.deepEqual(parse('--defaultTelemetry', 'false'), []);
  });

  it('says how to be bare before a path, which it takes for its value', () => {
    const option = telemetryOption();
    assert.throws(() => option.parseArg?.('policy', []), /before a path, none is written --defaultTelemetry=true/);
  });
});
