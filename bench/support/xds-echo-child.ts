// The opponent of a Pilot: an empty grpc-js server that writes given bytes to whoever is there, in the order given.
import { readFileSync } from 'node:fs';
import grpc, { type ServerDuplexStream, type UntypedHandleCall } from '@grpc/grpc-js';

const asIs = (bytes: Buffer): Buffer => bytes;
const streams = new Set<ServerDuplexStream<Buffer, Buffer>>();
const server = new grpc.Server({ 'grpc.max_receive_message_length': 64 << 20 });
server.addService(
  {
    streamAggregatedResources: {
      path: '/envoy.service.discovery.v3.AggregatedDiscoveryService/StreamAggregatedResources',
      requestStream: true,
      responseStream: true,
      requestDeserialize: asIs,
      requestSerialize: asIs,
      responseDeserialize: asIs,
      responseSerialize: asIs,
    },
  },
  {
    streamAggregatedResources: ((stream: ServerDuplexStream<Buffer, Buffer>) => {
      streams.add(stream);
      stream.on('data', () => undefined);
      stream.on('cancelled', () => streams.delete(stream));
      stream.on('error', () => streams.delete(stream));
    }) as UntypedHandleCall,
  },
);
server.bindAsync('127.0.0.1:0', grpc.ServerCredentials.createInsecure(), (error, port) => {
  if (error !== null) throw error;
  process.send!({ port });
});

process.on('message', ({ files }: { readonly files?: readonly string[] }) => {
  const at = performance.timeOrigin + performance.now();
  if (files !== undefined) {
    const messages = files.map((file) => readFileSync(file));
    for (const stream of streams) for (const message of messages) stream.write(message);
  }
  process.send!({ pushedAt: at, cpu: process.cpuUsage(), memory: process.memoryUsage(), streams: streams.size });
});
process.once('disconnect', () => process.exit());
