// A Mixer that takes reports and forgets them. Tells its port.
import grpc from '@grpc/grpc-js';

const identity = (bytes) => bytes;
const nothing = Buffer.alloc(0);
const server = new grpc.Server();
server.addService(
  {
    report: {
      path: '/istio.mixer.v1.Mixer/Report',
      requestStream: false,
      responseStream: false,
      requestDeserialize: identity,
      requestSerialize: identity,
      responseDeserialize: identity,
      responseSerialize: identity,
    },
  },
  { report: (_call, callback) => callback(null, nothing) },
);
server.bindAsync('127.0.0.1:0', grpc.ServerCredentials.createInsecure(), (error, port) => {
  if (error) throw error;
  process.send({ port });
});
process.on('SIGTERM', () => process.exit(0));
