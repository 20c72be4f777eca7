import { credentials, type ServiceError, status as grpcStatus } from '@grpc/grpc-js';

import type { CheckRequest, CheckResponse } from '../../gen/istio/mixer/v1/check.js';
import { MixerClient } from '../../gen/istio/mixer/v1/mixer.js';
import type { ReportRequest } from '../../gen/istio/mixer/v1/report.js';
import { MixerError } from '../../util/errors.js';

/** Metadata and call options take part in every call, so they are made here once. */
export interface Connection {
  /** Rejects with {@link CallError} when the call as a whole failed. */
  check(request: CheckRequest): Promise<CheckResponse>;
  report(request: ReportRequest): Promise<void>;
  close(): void;
}

/** A call that got no answer but a gRPC status. */
export class CallError extends Error {
  override readonly name = 'CallError';

  constructor(
    /** The gRPC status by name, for example `INTERNAL`. */
    readonly status: string,
    readonly details: string,
  ) {
    super(`${status}: ${details}`);
  }
}

/**
 * Connects to `host:port`, `tcp://host:port` or `unix://path`, without encryption. Opens no socket before a call.
 *
 * @throws MixerError USAGE when the target is no address, or has no port: none is usual for a Mixer.
 */
export function connectMixer(target: string): Connection {
  const client = createClient(target);
  return {
    check: (request) =>
      new Promise((resolve, reject) => {
        client.check(request, (error, response) => {
          if (error === null) resolve(response);
          else reject(toCallError(error));
        });
      }),
    report: (request) =>
      new Promise((resolve, reject) => {
        client.report(request, (error) => {
          if (error === null) resolve();
          else reject(toCallError(error));
        });
      }),
    close: () => {
      client.close();
    },
  };
}

// A name or an address, also in brackets, with nothing behind it.
const portless = /^(?:[^:]+|\[[^\]]*\]):?$/;

function createClient(target: string): MixerClient {
  const resolved = toGrpcTarget(target);
  if (portless.test(resolved)) {
    throw new MixerError('USAGE', `the address '${target}' of a Mixer has no port: give host:port or unix://path`);
  }
  try {
    return new MixerClient(resolved, credentials.createInsecure());
  } catch (error) {
    throw new MixerError('USAGE', `'${target}' is no address of a Mixer: give host:port or unix://path`, error);
  }
}

function toGrpcTarget(target: string): string {
  if (target.startsWith('unix://')) return `unix:${target.slice('unix://'.length)}`;
  return target.startsWith('tcp://') ? target.slice('tcp://'.length) : target;
}

function toCallError(error: ServiceError): CallError {
  // grpc-js ends some texts with the label of a note that is not there.
  return new CallError(grpcStatus[error.code], error.details.replace(/\s*Resolution note:\s*$/, ''));
}
