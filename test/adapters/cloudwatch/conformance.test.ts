import { after, test } from 'node:test';
import cloudwatch from 'fairlead/adapters/cloudwatch';
import { Timestamp } from 'fairlead/sdk';
import { logentry } from 'fairlead/templates';
import { adapterSuite, sampleInstance } from 'fairlead/testing';
import { AwsServer } from './aws-server.js';

const aws = await AwsServer.start();
after(() => aws.close());
const at = `region: eu-west-1\nendpoint: ${aws.url}\n`;
const metrics = 'namespace: mesh\nmetricInfo: { sample.metric.default: { unit: Count } }\n';
const stream = 'logGroupName: mesh\nlogStreamName: access\n';

adapterSuite({
  test,
  adapter: cloudwatch,
  configs: {
    good: [
      `${at}${metrics}${stream}logs: { sample.logentry.default: { payloadTemplate: "{{.text}} {{.severity}}" } }`,
      `${at}${metrics}log_group_name: mesh\nlog_stream_name: access\nlogs: {}`,
      `${at}namespace: mesh\nmetric_info: { sample.metric.default: { unit: 16 } }`,
    ],
    bad: [
      { params: at, path: 'namespace' },
      { params: 'metricInfo: { a: {} }', path: 'namespace' },
      { params: 'namespace: AWS/EC2', path: 'namespace' },
      { params: 'namespace: ":a"', path: 'namespace' },
      { params: 'namespace: mesh\nmetricInfo: { a: { unit: Parsecs } }', path: 'metricInfo.a.unit' },
      { params: `${metrics}logStreamName: access\nlogs: { a: {} }`, path: 'logGroupName' },
      { params: `${metrics}logGroupName: "a b"`, path: 'logGroupName' },
      { params: `${metrics}logGroupName: mesh\nlogs: { a: {} }`, path: 'logStreamName' },
      { params: `${metrics}logStreamName: "a:b"`, path: 'logStreamName' },
      { params: `${stream}logs: { "a.b": { payloadTemplate: "{{.a" } }`, path: 'logs["a.b"].payloadTemplate' },
      { params: `${metrics}metricsPerCall: 0`, path: 'metricsPerCall' },
      { params: `${metrics}metricsPerCall: 1001`, path: 'metricsPerCall' },
      { params: `${metrics}endpoint: localhost:4566`, path: 'endpoint' },
    ],
  },
  instances: { logentry: [sampleInstance(logentry, { timestamp: new Timestamp(1_767_225_600, 0) })] },
  // A thousand calls over real sockets, on machines that do other things too.
  patienceMillis: 20_000,
  readme: new URL('../../../src/adapters/cloudwatch/README.md', import.meta.url),
});
