import type { XdsNode } from '../../xds/node.js';
import type { BuildOptions, Certificates } from './options.js';

type Metadata = XdsNode['metadata'];

const choices = {
  OUTBOUND_PORTS: ['none', 'all'],
  INBOUND_TLS: ['permissive', 'strict'],
} as const;

/** What a proxy says of itself by the metadata of its node, as options of its configuration. What makes no sense is passed over. */
export function optionsOfNode({ metadata }: Pick<XdsNode, 'metadata'>): BuildOptions {
  const certificates = certificatesOf(metadata);
  const outboundPorts = choiceOf(metadata, 'OUTBOUND_PORTS');
  const inboundTls = choiceOf(metadata, 'INBOUND_TLS');
  const traceSampling = Number(textOf(metadata, 'TRACE_SAMPLING') || NaN);
  const annotations = annotationsOf(metadata);
  return {
    ...(outboundPorts === undefined ? {} : { outboundPorts }),
    ...(inboundTls === undefined ? {} : { inboundTls }),
    ...texts(metadata, {
      outboundAddress: 'OUTBOUND_ADDRESS',
      inboundAddress: 'INBOUND_ADDRESS',
      gatewayAddress: 'GATEWAY_ADDRESS',
      credentialDirectory: 'CREDENTIAL_DIRECTORY',
      meshId: 'MESH_ID',
      proxyVersion: 'ISTIO_VERSION',
    }),
    ...(certificates === undefined ? {} : { certificates }),
    ...(annotations.size === 0 ? {} : { annotations }),
    ...(traceSampling >= 0 && traceSampling <= 100 ? { traceSampling } : {}),
  };
}

function certificatesOf(metadata: Metadata): Certificates | undefined {
  const certificateFile = textOf(metadata, 'TLS_SERVER_CERT_CHAIN');
  const privateKeyFile = textOf(metadata, 'TLS_SERVER_KEY');
  const caFile = textOf(metadata, 'TLS_SERVER_ROOT_CERT');
  return certificateFile === '' ? undefined : { certificateFile, privateKeyFile, caFile };
}

/** Annotations of the workload are metadata under their own names (mesh.md 3.5). */
function annotationsOf(metadata: Metadata): ReadonlyMap<string, string> {
  const entries = Object.entries(metadata).filter((entry): entry is [string, string] => typeof entry[1] === 'string');
  return new Map(entries.filter(([name]) => name.includes('.istio.io/')));
}

function choiceOf<K extends keyof typeof choices>(metadata: Metadata, key: K): (typeof choices)[K][number] | undefined {
  const said = textOf(metadata, key);
  return choices[key].find((one) => one === said);
}

function texts<K extends string>(metadata: Metadata, keys: Readonly<Record<K, string>>): Partial<Record<K, string>> {
  const entries = Object.entries<string>(keys).map(([name, key]) => [name, textOf(metadata, key)]);
  return Object.fromEntries(entries.filter(([, text]) => text !== '')) as Partial<Record<K, string>>;
}

function textOf(metadata: Metadata, key: string): string {
  const value = Object.hasOwn(metadata, key) ? metadata[key] : undefined;
  return typeof value === 'string' ? value : '';
}
