// The opponent: a grpc-js server that takes the same request bytes and answers with the same response bytes.
import { readFileSync } from 'node:fs';
import grpc from '@grpc/grpc-js';

const answers = JSON.parse(readFileSync(process.argv[2], 'utf8'));
const identity = (bytes) => bytes;
const server = new grpc.Server();
const service = {};
const implementation = {};
for (const [name, base64] of Object.entries(answers)) {
  const response = Buffer.from(base64, 'base64');
  service[name] = {
    path: `/istio.mixer.v1.Mixer/${name}`,
    requestStream: false,
    responseStream: false,
    requestDeserialize: identity,
    requestSerialize: identity,
    responseDeserialize: identity,
    responseSerialize: identity,
  };
  implementation[name] = (_call, callback) => callback(null, response);
}
server.addService(service, implementation);
server.bindAsync('127.0.0.1:0', grpc.ServerCredentials.createInsecure(), (error, port) => {
  if (error) throw error;
  process.send({ port });
});
