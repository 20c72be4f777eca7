import assert from 'node:assert/strict';
import { PassThrough, Readable } from 'node:stream';
import { describe, it } from 'node:test';

import type { CliContext } from '../../src/cli/context.js';
import { runProgram } from '../../src/cli/program.js';

async function run(args: readonly string[], input = ''): Promise<{ code: number; out: string; err: string }> {
  const stdout = new PassThrough();
  const stderr = new PassThrough();
  let code = 0;
  const context: CliContext = {
    stdin: Readable.from([input]),
    stdout,
    stderr,
    colour: false,
    workingDirectory: '.',
    self: 'fairlead',
    exitWith: (wanted) => {
      code = wanted;
    },
    onStrayRejection: () => undefined,
    stopRequested: () => new Promise(() => undefined),
  };
  await runProgram(args, context, { version: '9.8.7', node: 'v20' });
  const text = (stream: PassThrough): string => (stream.read() as Buffer | null)?.toString() ?? '';
  return { code, out: text(stdout), err: text(stderr) };
}

describe('runProgram()', () => {
  it('prints versions', async () => {
    assert.deepEqual(await run(['version']), { code: 0, out: 'fairlead 9.8.7 (Node v20)\n', err: '' });
    assert.equal((await run(['version', '--short'])).out, '9.8.7\n');
    assert.deepEqual(JSON.parse((await run(['version', '-o', 'json'])).out), { version: '9.8.7', node: 'v20' });
    assert.equal((await run(['--version'])).out, '9.8.7\n');
  });

  it('lists its commands on demand', async () => {
    const { code, out } = await run(['--help']);
    assert.equal(code, 0);
    for (const name of ['mixer', 'check', 'report', 'validate', 'eval', 'demo', 'opa', 'probe', 'version']) {
      assert.match(out, new RegExp(`^ {2}${name} `, 'm'));
    }
  });

  it('knows every flag of mixs server', async () => {
    const { out } = await run(['mixer', '--help']);
    const flags =
      'port address monitoringPort maxMessageSize maxConcurrentStreams apiWorkerPoolSize adapterWorkerPoolSize ' +
      'singleThreaded numCheckCacheEntries configStoreURL configDefaultNamespace configWaitTimeout livenessProbePath ' +
      'livenessProbeInterval readinessProbePath readinessProbeInterval profile useAdapterCRDs useTemplateCRDs certFile ' +
      'keyFile caCertFile loadsheddingMode averageLatencyThreshold latencySamplesPerSecond latencySampleHalflife ' +
      'latencyEnforcementThreshold maxRequestsPerSecond burstSize trace_zipkin_url trace_jaeger_url trace_log_spans ' +
      'trace_sampling_rate ctrlz_address ctrlz_port log_target log_rotate log_rotate_max_age log_rotate_max_size ' +
      'log_rotate_max_backups log_as_json log_output_level log_stacktrace_level log_caller';
    for (const flag of flags.split(' ')) assert.match(out, new RegExp(`--${flag}\\b`), flag);
    assert.match(out, /-p, --port/);
  });

  it('knows every flag of mixc', async () => {
    const { out } = await run(['check', '--help']);
    const flags =
      '-m, --mixer|-r, --repeat|-c, --concurrency|--rate|--print_response|--report_batch_size|-a, --attributes|' +
      '-s, --string_attributes|-i, --int64_attributes|-d, --double_attributes|-b, --bool_attributes|' +
      '-t, --timestamp_attributes|--duration_attributes|--bytes_attributes|--stringmap_attributes|-q, --quotas';
    for (const flag of flags.split('|')) assert.ok(out.includes(flag), flag);
  });

  it('words defaults as a command line has them', async () => {
    const { out } = await run(['mixer', '--help']);
    assert.match(out, /--adapterTimeout [^(]*\(default:\s+1s\)/);
    assert.match(out, /--livenessProbePath [^(]*\(default:\s+none\)/);
    assert.doesNotMatch(out, /"seconds"|default: (?:""|\[\])/);
  });

  it('names the flag whose list is no list of pairs', async () => {
    assert.match((await run(['check', '-s', 'a'])).err, /--string_attributes: 'a' is not name=value/);
    assert.match((await run(['check', '-q', 'a'])).err, /--quotas: 'a' is not name=value/);
    assert.match((await run(['check', '-q', 'a=b'])).err, /--quotas: the amount of a must be a whole number, not 'b'/);
  });

  it('evaluates lines in order and passes over empty ones', async () => {
    const { out } = await run(['eval'], '{"expr":"1"}\n\n{"expr":"2"}');
    assert.equal(
      out,
      '{"type":"INT64","value":{"$int64":1},"referenced":[]}\n{"type":"INT64","value":{"$int64":2},"referenced":[]}\n',
    );
  });

  const senseless = [
    ['nonsense'],
    ['check', '--nonsense'],
    ['eval', '--engine', 'steam'],
    ['validate'],
    ['mixer'],
    ['version', '-o', 'yaml'],
  ];
  for (const args of senseless) {
    it(`exits 2 with a word on stderr for '${args.join(' ')}'`, async () => {
      const { code, err } = await run(args);
      assert.equal(code, 2);
      assert.match(err, /^fairlead: /);
    });
  }
});
