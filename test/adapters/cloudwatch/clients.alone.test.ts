import assert from 'node:assert/strict';
import { register } from 'node:module';
import { describe, it } from 'node:test';
import cloudwatch from 'fairlead/adapters/cloudwatch';
import { decodeParams } from 'fairlead/testing';
import { createLogsClient, createMetricsClient } from '../../../src/adapters/cloudwatch/clients.js';

const { config } = decodeParams(cloudwatch, 'namespace: mesh');
for (const name of ['AWS_REGION', 'AWS_DEFAULT_REGION', 'AWS_PROFILE']) Reflect.deleteProperty(process.env, name);
process.env['AWS_CONFIG_FILE'] = process.env['AWS_SHARED_CREDENTIALS_FILE'] = '/dev/null';

describe('clients of cloudwatch', () => {
  it('are not made without a region', async () => {
    const message = 'there is no AWS region: give `region`, or AWS_REGION in the environment';
    await assert.rejects(() => createMetricsClient(config), { message });
    await assert.rejects(() => createLogsClient(config), { message });
  });

  it('take the region of the environment', async () => {
    process.env['AWS_REGION'] = 'eu-west-1';
    (await createMetricsClient(config)).close();
    (await createLogsClient(config)).close();
  });

  it('say which package is missing', async () => {
    const hook = `export async function resolve(specifier, context, next) {
      if (specifier.startsWith('@aws-sdk/client-')) throw new Error('not found');
      return next(specifier, context);
    }`;
    register(`data:text/javascript,${encodeURIComponent(hook)}`);
    await assert.rejects(() => createMetricsClient(config), {
      message: 'the adapter cloudwatch needs a package: npm install @aws-sdk/client-cloudwatch@3',
    });
    await assert.rejects(() => createLogsClient(config), {
      message: 'the adapter cloudwatch needs a package: npm install @aws-sdk/client-cloudwatch-logs@3',
    });
  });
});
