import { parseIp } from 'fairlead/sdk';
import type { Handler, Instance } from 'fairlead/sdk';
import type { kubernetes } from 'fairlead/templates';
import { ClusterRegistry, holdRegistry } from '../../../src/adapters/kubernetesenv/cluster-registry.js';
import { generate } from '../../../src/adapters/kubernetesenv/handler.js';
import kubernetesenv from '../../../src/adapters/kubernetesenv/index.js';
import type { Registry } from '../../../src/adapters/kubernetesenv/registry.js';
import type { Output } from '../../../src/adapters/kubernetesenv/workload.js';
import { type Connection } from '../../../src/kube/index.js';
import { decodeParams, type FakeEnv, fakeEnv } from '../../../src/testing/index.js';

/** Whom a request is from and to; addresses as text. */
export interface Ends {
  readonly from?: string;
  readonly fromIp?: string;
  readonly to?: string;
  readonly toIp?: string;
  readonly port?: bigint;
}

/** An instance as the host builds it. */
export function instanceOf({ from, fromIp, to, toIp, port }: Ends): Instance<typeof kubernetes> {
  const ip = (text: string | undefined) => (text === undefined ? undefined : parseIp(text));
  return {
    name: 'attributes.kubernetes.default',
    sourceUid: from,
    sourceIp: ip(fromIp),
    destinationUid: to,
    destinationIp: ip(toIp),
    destinationPort: port,
  };
}

/** What is generated, without what is unknown; maps as objects, addresses as lists of bytes. */
export function plain(output: Output): Readonly<Record<string, unknown>> {
  const shown = Object.entries(output).filter(([, value]) => value !== undefined);
  return Object.fromEntries(
    shown.map(([field, value]) => {
      if (value instanceof Map) return [field, Object.fromEntries(value)];
      return [field, value instanceof Uint8Array ? [...value] : value];
    }),
  );
}

/** A registry over connections of a test's own. */
export async function holdCluster(
  local: Connection | undefined,
  options: {
    readonly env?: FakeEnv;
    readonly remote?: (kubeconfig: string, name: string) => Connection;
  } = {},
) {
  const { env = fakeEnv(), remote = refuse } = options;
  const connect = { local: () => Promise.resolve(local), remote };
  const { registry, close } = await holdRegistry('key', env, () => new ClusterRegistry(connect, 'istio-system'));
  return { env, registry, close, ask: (ends: Ends) => ask(registry, ends) };
}

/** What is generated of a registry. */
export function ask(registry: Registry, ends: Ends): Readonly<Record<string, unknown>> {
  return plain(generate(registry, instanceOf(ends)));
}

/** A handler built from YAML of `params`. */
export async function build(params: string, env: FakeEnv = fakeEnv()): Promise<Handler<typeof kubernetes>> {
  const { config, problems } = decodeParams(kubernetesenv, params);
  if (problems.length > 0) throw new Error(problems.map(({ path, message }) => `${path}: ${message}`).join('; '));
  return kubernetesenv.build({ name: 'h', config, types: { kubernetes: new Map() }, env });
}

function refuse(): never {
  throw new Error('there are no other clusters');
}
