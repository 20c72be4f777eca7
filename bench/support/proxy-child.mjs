// The proxy as built, one inbound listener with every filter on: reads {upstream, mixer, log}, `mixer` being the port that reports go to, or do not with `unsent`, and tells its port.
import { setFlagsFromString } from 'node:v8';
import { createGrpcTransport } from '../../dist/client/index.js';
import { createLogOutputs, createProxy, systemEnv, systemUpstreamEnv } from '../../dist/proxy/index.js';
import { ProxyConfig } from '../../dist/gen/fairlead/proxy/v1/config.js';

// As the command line does.
setFlagsFromString('--no-allocation-site-pretenuring');
const { upstream, mixer, log, unsent = false } = JSON.parse(process.argv[2]);
const nothing = () => undefined;
const env = systemEnv({ info: nothing, warn: nothing });

const reports = createGrpcTransport(`127.0.0.1:${mixer ?? 0}`);
// A Mixer that lets everything pass for long, and depends on what a rule would look at.
let reported = 0;
const transport = {
  check: () =>
    Promise.resolve({
      precondition: {
        status: { code: 0, message: '' },
        validMillis: 3_600_000,
        validUseCount: -1,
        dependencies: [
          { name: 'request.method', key: undefined, condition: 'EXACT' },
          { name: 'source.uid', key: undefined, condition: 'ABSENCE' },
          { name: 'request.headers', key: 'x-user', condition: 'EXACT' },
        ],
        directive: undefined,
      },
      quotas: new Map(),
    }),
  report: (sets, limits) => reports.report(sets, limits),
  beginReport: () => {
    const buffer = reports.beginReport();
    return {
      get isFull() {
        return buffer.isFull;
      },
      add: (set) => {
        reported += 1;
        buffer.add(set);
      },
      send: (limits) => (unsent ? Promise.resolve() : buffer.send(limits)),
    };
  },
  close: nothing,
};

const headers = (operations) => ({ set: [], add: [], remove: [], ...operations });
const text = (value) => ({ stringValue: value });
const config = ProxyConfig.fromPartial({
  version: '1',
  node: { uid: 'kubernetes://web-1.default', namespace: 'default', serviceName: 'web' },
  clusters: [
    { name: 'inbound|80||web', discovery: 1, localities: [{ endpoints: [{ address: '127.0.0.1', port: upstream }] }] },
  ],
  mixer: mixer ? { checkCluster: '', failOpen: true } : undefined,
  listeners: [
    {
      name: 'in',
      address: '127.0.0.1',
      port: 0,
      direction: 1,
      limits: { maxConnections: 20_000 },
      chains: [
        {
          name: 'http',
          http: {
            statPrefix: 'inbound_80',
            tracing: { operation: 1, sampling: { perMillion: 10_000 } },
            accessLog: { path: log },
            mixer: mixer
              ? {
                  attributes: {
                    attributes: {
                      'context.reporter.kind': text('inbound'),
                      'destination.uid': text('kubernetes://web-1.default'),
                    },
                  },
                  services: {
                    default: {
                      attributes: { attributes: { 'destination.service.host': text('web.default.svc.cluster.local') } },
                    },
                  },
                }
              : undefined,
            inline: {
              name: 'in',
              virtualHosts: [
                {
                  name: 'web',
                  domains: ['*'],
                  routes: [
                    {
                      name: 'default',
                      match: { prefix: '/' },
                      forward: {
                        clusters: [{ name: 'inbound|80||web', weight: 100 }],
                        timeout: { seconds: 15n, nanos: 0 },
                      },
                      // Rolled for each request, and never comes.
                      fault: { delayed: { perMillion: 0 }, aborted: { perMillion: 0 }, abortCode: 503 },
                      cors: { allowOrigins: [{ exact: 'https://shop.example' }], allowMethods: ['GET'] },
                      requestHeaders: headers({
                        set: [{ name: 'x-environment', value: 'bench' }],
                        remove: ['x-internal'],
                      }),
                      responseHeaders: headers({ add: [{ name: 'x-served-by', value: 'web' }], remove: ['x-secret'] }),
                      operation: 'web.default:80/*',
                    },
                  ],
                },
              ],
            },
          },
        },
      ],
    },
  ],
});

const outputs = createLogOutputs(env);
let spans = 0;
const proxy = createProxy({
  env,
  upstreamEnv: systemUpstreamEnv(),
  makeTransport: () => transport,
  openLog: (path) => outputs.open(path),
  spans: { report: () => void (spans += 1) },
});
const problems = await proxy.apply(config);
if (problems.length > 0) throw new Error(JSON.stringify(problems));
process.on('message', (message) => {
  if (message === 'counts') process.send({ reported, spans });
});
process.on('SIGTERM', () => process.exit(0));
process.send({ port: proxy.addresses().get('in').port });
