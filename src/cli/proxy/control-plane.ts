import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { type ChannelCredentials, credentials } from '@grpc/grpc-js';
import { Node } from '../../gen/envoy/config/core/v3/base.js';
import type { Proxy } from '../../pilot/index.js';
import { openConfigCache, openDiscoveryFeed, systemEnv } from '../../proxy/index.js';
import type { Log } from '../../sdk/index.js';
import type { ConfigFeed } from './config-feed.js';
import type { ProxyFlags } from './proxy-flags.js';

export interface ControlPlaneOptions {
  readonly flags: ProxyFlags;
  readonly proxy: Proxy;
  readonly workingDirectory: string;
  readonly version: string;
  readonly log: Log;
}

/** The configuration of a proxy as the Pilot has it that the command line names. */
export function openControlPlane(options: ControlPlaneOptions): ConfigFeed & { close(): Promise<void> } {
  const { flags, workingDirectory, log } = options;
  const node = describeNode(options);
  const env = systemEnv(log);
  const file = flags.configCache === undefined ? undefined : resolve(workingDirectory, flags.configCache);
  return openDiscoveryFeed({
    addresses: flags.discoveryAddress,
    credentials: () => credentialsOf(flags, workingDirectory),
    node,
    env,
    cache: file === undefined ? undefined : openConfigCache({ file, nodeId: node.id, env }),
  });
}

/** Who the proxy is, and what its configuration depends on besides the mesh (mesh.md 3.5). */
function describeNode({ flags, proxy, version }: Pick<ControlPlaneOptions, 'flags' | 'proxy' | 'version'>): Node {
  const { id, type, namespace, ips, labels, locality } = proxy;
  const [region = '', zone = '', subZone = ''] = locality.split('/');
  const app = labels.get('app');
  return Node.create({
    id: [type, ips[0] ?? '', id, `${namespace}.svc.cluster.local`].join('~'),
    cluster: app === undefined ? '' : `${app}.${namespace}`,
    locality: { region, zone, subZone },
    userAgentName: 'fairlead-proxy',
    userAgentVersion: version,
    metadata: {
      GENERATOR: 'fairlead',
      NAMESPACE: namespace,
      INSTANCE_IPS: ips.join(','),
      LABELS: Object.fromEntries(labels),
      ...metadataOf(flags),
    },
  });
}

function metadataOf(flags: ProxyFlags): Readonly<Record<string, string>> {
  const said = {
    MESH_ID: flags.meshId,
    OUTBOUND_PORTS: flags.outboundPorts,
    OUTBOUND_ADDRESS: flags.outboundAddress,
    INBOUND_TLS: flags.inboundTls,
    TRACE_SAMPLING: String(flags.traceSampling),
    CREDENTIAL_DIRECTORY: flags.credentialDirectory ?? '',
    TLS_SERVER_CERT_CHAIN: flags.certFile,
    TLS_SERVER_KEY: flags.keyFile,
    TLS_SERVER_ROOT_CERT: flags.caFile,
    ...Object.fromEntries(flags.annotations),
  };
  return Object.fromEntries(Object.entries(said).filter(([, value]) => value !== ''));
}

/** Files are read for each connection: they are renewed while the proxy runs. */
function credentialsOf(flags: ProxyFlags, workingDirectory: string): ChannelCredentials {
  const { discoveryCaFile, discoveryCertFile, discoveryKeyFile } = flags;
  if (discoveryCaFile === '') return credentials.createInsecure();
  const read = (path: string): Buffer | null => (path === '' ? null : readFileSync(resolve(workingDirectory, path)));
  return credentials.createSsl(read(discoveryCaFile), read(discoveryKeyFile), read(discoveryCertFile));
}
