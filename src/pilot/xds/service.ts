import { type Server, type ServerDuplexStream, status, type UntypedHandleCall } from '@grpc/grpc-js';
import { AggregatedDiscoveryServiceService as definition } from '../../gen/envoy/service/discovery/v3/ads.js';
import { delta } from './delta.js';
import { createBucket } from './flood.js';
import { createRequestReader } from './name-lists.js';
import { readNode } from './node.js';
import type { Protocol, RequestHead } from './protocol.js';
import type { Connection, XdsServer } from './server.js';
import { sotw } from './sotw.js';
import type { DropReason } from './status.js';

/** Offers a server's streams on a gRPC server. Responses are encoded already. */
export function addXdsService(grpc: Server, server: XdsServer): void {
  grpc.addService(
    {
      streamAggregatedResources: {
        ...definition.streamAggregatedResources,
        requestDeserialize: createRequestReader(),
        responseSerialize: asBuffer,
      },
      deltaAggregatedResources: { ...definition.deltaAggregatedResources, responseSerialize: asBuffer },
    },
    {
      streamAggregatedResources: handleStreams(server, sotw) as UntypedHandleCall,
      deltaAggregatedResources: handleStreams(server, delta) as UntypedHandleCall,
    },
  );
}

function asBuffer(message: Uint8Array): Buffer {
  return Buffer.from(message.buffer, message.byteOffset, message.length);
}

function handleStreams<R extends RequestHead>(server: XdsServer, protocol: Protocol<R>) {
  const { env, limits, observer } = server;
  return (call: ServerDuplexStream<R, Uint8Array>): void => {
    const bucket = createBucket(limits.requests, () => env.now());
    let connection: Connection<R> | undefined;
    let cancelPause: (() => void) | undefined;
    let isOver = false;
    const finish = (): void => {
      isOver = true;
      cancelPause?.();
      connection?.close();
    };
    const drop = (reason: DropReason, code: status, details: string): void => {
      if (isOver) return;
      finish();
      observer.dropped?.(reason);
      env.log.warn('an xds stream is ended', { reason, peer: call.getPeer() });
      call.emit('error', { code, details });
    };
    const dropNames = (): void => drop('names', status.RESOURCE_EXHAUSTED, `more than ${limits.names} names`);
    const sink = {
      write(message: Uint8Array, done: () => void): void {
        call.write(message, () => {
          if (!isOver) done();
        });
      },
      stall: () => drop('write_timeout', status.DEADLINE_EXCEEDED, 'responses are not read'),
      overflow: dropNames,
    };
    const slowDown = (millis: number): void => {
      call.pause();
      cancelPause?.();
      cancelPause = env.after(millis, () => call.resume());
    };
    call.on('data', (request: R) => {
      if (isOver) return;
      const millis = bucket.take();
      if (millis > 0) slowDown(millis);
      if (protocol.countNames(request) > limits.names) {
        dropNames();
        return;
      }
      if (connection === undefined) {
        const node = readNode(request.node);
        if (node === undefined) {
          drop('node', status.INVALID_ARGUMENT, 'the first request must have a node with an id');
          return;
        }
        connection = server.connect(node, protocol, sink);
      }
      connection.receive(request);
    });
    call.on('end', () => {
      finish();
      call.end();
    });
    call.on('cancelled', finish);
    call.on('error', finish);
  };
}
