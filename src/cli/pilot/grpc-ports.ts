import { type GrpcPort, type ListenAt, openGrpcPort, type ServerFiles, type XdsServer } from '../../pilot/index.js';
import { MixerError } from '../../util/errors.js';
import { formatAddress } from '../../mixer/index.js';
import type { PilotFlags } from './pilot-flags.js';

/** Where xDS is served with TLS, and with what. */
export interface SecurePort {
  readonly at: ListenAt;
  readonly tls: ServerFiles;
}

/** The ports that xDS is served on. */
export interface GrpcPorts {
  /** For people. */
  readonly addresses: readonly string[];
  close(graceMillis: number): Promise<void>;
}

/**
 * Where xDS is served with TLS; undefined for nowhere.
 *
 * @throws MixerError USAGE for a port without a certificate, half of one, or no port at all.
 */
export function secureAddress({ secureGrpcAddr, grpcAddr, ...files }: PilotFlags): SecurePort | undefined {
  const { certFile, keyFile, caFile } = files;
  if (certFile === undefined || keyFile === undefined) {
    if (certFile !== keyFile) throw new MixerError('USAGE', 'give both --certFile and --keyFile, or none');
    if (secureGrpcAddr) throw new MixerError('USAGE', '--secureGrpcAddr needs --certFile and --keyFile');
    if (caFile !== undefined) throw new MixerError('USAGE', '--caFile needs --certFile and --keyFile');
    if (grpcAddr === '') throw new MixerError('USAGE', 'there is no port to serve xDS on: give --grpcAddr');
    return undefined;
  }
  if (secureGrpcAddr === '') throw new MixerError('USAGE', '--certFile is for --secureGrpcAddr, which says nowhere');
  return { at: secureGrpcAddr ?? { host: '', port: 15_012 }, tls: { certFile, keyFile, caFile } };
}

/**
 * Serves xDS on the ports that the flags name.
 *
 * @throws MixerError LISTEN_FAILED, or USAGE when certificates cannot be read.
 */
export async function openGrpcPorts(
  xds: XdsServer,
  flags: PilotFlags,
  secure: SecurePort | undefined,
): Promise<GrpcPorts> {
  const keepAlive = {
    maxAgeMillis: flags.keepaliveMaxServerConnectionAge.toMillis(),
    intervalMillis: flags.keepaliveInterval.toMillis(),
    timeoutMillis: flags.keepaliveTimeout.toMillis(),
  };
  const open: { readonly port: GrpcPort; readonly isSecure: boolean }[] = [];
  const close = async (graceMillis: number): Promise<void> => {
    await Promise.all(open.map(({ port }) => port.close(graceMillis)));
  };
  try {
    if (flags.grpcAddr !== '') {
      open.push({ port: await openGrpcPort(xds, { at: flags.grpcAddr, keepAlive }), isSecure: false });
    }
    if (secure !== undefined) open.push({ port: await openGrpcPort(xds, { ...secure, keepAlive }), isSecure: true });
  } catch (error) {
    await close(0);
    throw error;
  }
  const addresses = open.map(({ port: { at }, isSecure }) => {
    const where = formatAddress({ kind: 'tcp', ...at });
    return isSecure ? `${where} with TLS` : where;
  });
  return { addresses, close };
}
