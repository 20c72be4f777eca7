export { formatAddress, type ListenAddress, parseAddress } from './address.js';
export { ConfigLoader } from './config-loader.js';
export { createGrpcHost, type GrpcHostOptions } from './grpc-host.js';
export { RpcError, type RpcHost, type UnaryHandler, type UnaryMethods } from './host.js';
export { keepProbeFile } from './probe-file.js';
export { type MixerServer, type MixerServerOptions, startMixerServer } from './server.js';
export { createMixerService, type MixerService } from './service.js';
