import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { FileAccessLog } from '../../../../src/gen/envoy/extensions/access_loggers/file/v3/file.js';
import { StdoutAccessLog } from '../../../../src/gen/envoy/extensions/access_loggers/stream/v3/stream.js';
import { buildAccessLogs } from '../../../../src/pilot/build/envoy/access-log.js';
import {
  defaultJsonFormat,
  defaultTextFormat,
  findFormatMistake,
  plainCommands,
} from '../../../../src/pilot/build/envoy/access-log-format.js';
import { resource, viewOf } from '../../support.js';

function logsOf(mesh: string) {
  const problems: string[] = [];
  const view = viewOf(resource('MeshConfig', 'mesh', mesh));
  return { logs: buildAccessLogs({ view, options: { onProblem: (text) => problems.push(text) } }), problems };
}

function fileOf(mesh: string) {
  const { logs, problems } = logsOf(`{ accessLogFile: /log, ${mesh} }`);
  const { path, logFormat } = FileAccessLog.decode(logs[0]!.typedConfig!.value);
  return { path, text: logFormat?.textFormatSource?.inlineString, json: logFormat?.jsonFormat, problems };
}

describe('the log of an Envoy', () => {
  it('is none when the mesh wants none', () => assert.deepEqual(logsOf("{ accessLogFile: '' }").logs, []));

  it("is a file with Istio's lines", () => {
    assert.deepEqual(fileOf(''), { path: '/log', text: defaultTextFormat, json: undefined, problems: [] });
  });

  it('goes to the standard output without opening a file', () => {
    const [log] = logsOf('{ accessLogFile: /dev/stdout }').logs;
    assert.equal(log?.name, 'envoy.access_loggers.stdout');
    const { logFormat } = StdoutAccessLog.decode(log.typedConfig!.value);
    assert.equal(logFormat?.textFormatSource?.inlineString, defaultTextFormat);
    assert.equal(logsOf('{ accessLogFile: /dev/stderr }').logs[0]?.name, 'envoy.access_loggers.stderr');
  });

  it('has lines of its own, each with its end', () => {
    assert.equal(fileOf('accessLogFormat: "%PROTOCOL%"').text, '%PROTOCOL%\n');
    assert.equal(fileOf('accessLogFormat: "a\\n"').text, 'a\n');
  });

  it('has objects when the mesh wants JSON', () => {
    assert.deepEqual(fileOf('accessLogEncoding: JSON').json, defaultJsonFormat);
    assert.deepEqual(fileOf(`accessLogEncoding: JSON, accessLogFormat: '{"a":"%DURATION%"}'`).json, {
      a: '%DURATION%',
    });
  });

  it("has Istio's format in place of one that Envoy would refuse, and tells", () => {
    const { text, problems } = fileOf('accessLogFormat: "%NONSENSE%"');
    assert.deepEqual(
      [text, problems],
      [defaultTextFormat, ['accessLogFormat has what Envoy does not know: %NONSENSE%']],
    );
    for (const given of ['[1]', '{}', '{"a":1}', '{"a":"%B%"}', 'null', 'x']) {
      const { json, problems: told } = fileOf(`accessLogEncoding: JSON, accessLogFormat: '${given}'`);
      assert.deepEqual([json, told.length], [defaultJsonFormat, 1], given);
    }
  });
});

describe('a format of Envoy', () => {
  const sound = [
    ...['', 'text', '100%%', '%REQ(:METHOD)%', '%REQ(A?B):10%', '%RESP(x-a)%', '%TRAILER(a)%', '%START_TIME%'],
    ...['%START_TIME(%Y/%m/%dT%H:%M:%S%z)%', '%DYNAMIC_METADATA(istio.mixer:status)%', '%DYNAMIC_METADATA(a:b:c):5%'],
    ...plainCommands.map((name) => `%${name}%`),
    ...[defaultTextFormat, ...Object.values(defaultJsonFormat)],
  ];
  for (const format of sound) {
    it(`is sound: ${format.trim()}`, () => assert.equal(findFormatMistake(format), undefined));
  }

  for (const [format, mistake] of [
    ['a %', '%'],
    ['%%%', '%'],
    ['%A%', '%A%'],
    ['%REQ%', '%REQ%'],
    ['%REQ()%', '%REQ()%'],
    ['%REQ(a?b?c)%', '%REQ(a?b?c)%'],
    ['%PROTOCOL(a)%', '%PROTOCOL(a)%'],
    ['%PROTOCOL:5%', '%PROTOCOL:5%'],
    ['%START_TIME():5%', '%START_TIME():5%'],
    ['%protocol% %DURATION%', '%protocol%'],
    ['%DYNAMIC_METADATA(a::b)%', '%DYNAMIC_METADATA(a::b)%'],
  ] as const) {
    it(`is none: ${format}`, () => assert.equal(findFormatMistake(format), mistake));
  }
});
