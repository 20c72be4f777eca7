import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Command } from 'commander';
import { secureAddress } from '../../../src/cli/pilot/grpc-ports.js';
import { addPilotFlags, type PilotFlags } from '../../../src/cli/pilot/pilot-flags.js';

function parse(...args: readonly string[]): PilotFlags {
  const command = addPilotFlags(new Command('pilot'))
    .exitOverride()
    .configureOutput({ writeErr: () => undefined });
  return command.parse(['--configDir', 'x', ...args], { from: 'user' }).opts();
}

describe('the flags of fairlead pilot', () => {
  it("have the ports of Istio's Pilot", () => {
    const flags = parse();
    assert.deepEqual(flags.grpcAddr, { host: '', port: 15_010 });
    assert.deepEqual(flags.httpAddr, { host: '', port: 8080 });
    assert.deepEqual(flags.monitoringAddr, { host: '', port: 15_014 });
    assert.equal(flags.secureGrpcAddr, undefined);
    assert.deepEqual(flags.registries, ['file']);
    assert.equal(flags.keepaliveMaxServerConnectionAge.toMillis(), 1_800_000);
  });

  it('take registries in any case and once each, and nowhere for an empty address', () => {
    const flags = parse('--registries=Kubernetes,consul,kubernetes', '--httpAddr=', '--trust-domain=td');
    assert.deepEqual(flags.registries, ['kubernetes', 'consul']);
    assert.equal(flags.httpAddr, '');
    assert.equal(flags.trustDomain, 'td');
  });

  for (const [args, told] of [
    [['--plugins=authn'], /Not supported; there are none/],
    [['--networksConfig=x'], /Not supported; meshes of several networks/],
    [['--registries=mcp'], /'mcp' is none of file, kubernetes, consul: MCP is not supported/],
    [['--registries=constructor'], /'constructor' is none of/],
    [['--grpcAddr=nowhere'], /not host:port/],
    [['--debounceMax=soon'], /not a duration/],
  ] as const) {
    it(`say what is wrong with ${args.join(' ')}`, () => {
      assert.throws(() => parse(...args), told);
    });
  }

  it('want a certificate for the port with TLS, and the other way round', () => {
    assert.equal(secureAddress(parse()), undefined);
    assert.throws(() => secureAddress(parse('--secureGrpcAddr=:0')), /--secureGrpcAddr needs --certFile and --keyFile/);
    assert.throws(() => secureAddress(parse('--certFile=c')), /both --certFile and --keyFile/);
    assert.throws(() => secureAddress(parse('--caFile=c')), /--caFile needs/);
    assert.throws(() => secureAddress(parse('--grpcAddr=')), /no port to serve xDS on/);
    assert.deepEqual(secureAddress(parse('--certFile=c', '--keyFile=k'))?.at, { host: '', port: 15_012 });
    assert.equal(secureAddress(parse('--secureGrpcAddr=')), undefined);
  });
});
