import { fileURLToPath } from 'node:url';
import {
  type GrpcObject,
  type handleUnaryCall,
  loadPackageDefinition,
  Server,
  ServerCredentials,
  type ServiceClientConstructor,
} from '@grpc/grpc-js';
import { loadSync, type MessageTypeDefinition, type PackageDefinition } from '@grpc/proto-loader';

const names = ['CheckNothing', 'ReportNothing', 'Metric', 'Quota'] as const;
const ownProtos = fileURLToPath(new URL('proto', import.meta.url));
const sharedProtos = fileURLToPath(new URL('../../../proto', import.meta.url));

function loadProtos(): PackageDefinition {
  return loadSync(
    ['model', ...names.map((name) => name.toLowerCase())].map((name) => `${ownProtos}/${name}.proto`),
    { includeDirs: [ownProtos, sharedProtos], keepCase: true, longs: String, oneofs: true },
  );
}

/** Requests as an independent library decodes them: int64 as text, bytes as Buffer, defaults left out. */
export interface Received {
  readonly method: string;
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- decoded by name, as tests need it
  readonly request: Readonly<Record<string, any>>;
}

/** Answers a method: with a message, with an error that has a gRPC `code`, or never. */
export type Answer = (request: Received['request']) => unknown;

/** An out-of-process adapter on a port of its own. */
export class BackendServer {
  readonly received: Received[] = [];
  /** By method; a method that is not here answers with an empty message. */
  readonly answers = new Map<string, Answer>();
  readonly #waiting = new Set<() => void>();
  #server = new Server();

  private constructor(readonly address: string) {}

  static async start(address = '127.0.0.1:0'): Promise<BackendServer> {
    const server = new Server();
    const port = await new Promise<number>((resolve, reject) => {
      server.bindAsync(address, ServerCredentials.createInsecure(), (error, bound) =>
        error === null ? resolve(bound) : reject(error),
      );
    });
    const backend = new BackendServer(`127.0.0.1:${port}`);
    backend.#server = server;
    backend.#addServices();
    return backend;
  }

  /** Ends all connections at once. */
  stop(): void {
    this.#server.forceShutdown();
  }

  /** The requests to a method, once there are so many. */
  async requests(method: string, count = 1): Promise<readonly Received['request'][]> {
    for (;;) {
      const found = this.received.filter((one) => one.method === method);
      if (found.length >= count) return found.map(({ request }) => request);
      await new Promise<void>((resolve) => this.#waiting.add(resolve));
    }
  }

  /** Decodes a message of one of the protos. */
  decode(type: string, bytes: Uint8Array): Received['request'] {
    const definition = loadProtos()[type] as MessageTypeDefinition<object, object>;
    return definition.deserialize(Buffer.from(bytes));
  }

  /** Lets sockets have their turn. */
  turn(): Promise<void> {
    return new Promise((resolve) => setImmediate(resolve));
  }

  #addServices(): void {
    const loaded = loadPackageDefinition(loadProtos());
    const serviceAt = (path: string): ServiceClientConstructor =>
      path.split('.').reduce<unknown>((at, part) => (at as GrpcObject)[part], loaded) as ServiceClientConstructor;
    for (const name of names) this.#serve(serviceAt(`${name.toLowerCase()}.Handle${name}Service`), [`Handle${name}`]);
    this.#serve(serviceAt('istio.mixer.adapter.model.v1beta1.InfrastructureBackend'), [
      'Validate',
      'CreateSession',
      'CloseSession',
    ]);
  }

  #serve({ service }: ServiceClientConstructor, methods: readonly string[]): void {
    const handle =
      (method: string): handleUnaryCall<Received['request'], unknown> =>
      (call, done) => {
        this.received.push({ method, request: call.request });
        for (const resolve of this.#waiting) resolve();
        this.#waiting.clear();
        const answer = this.answers.get(method)?.(call.request) ?? {};
        if (answer === never) return;
        if (answer instanceof Error) done(answer);
        else done(null, answer);
      };
    this.#server.addService(service, Object.fromEntries(methods.map((method) => [method, handle(method)])));
  }
}

/** What a method returns that does not answer. */
export const never = Symbol('never');

/** An error of gRPC. */
export function failure(code: number, details: string): Error {
  return Object.assign(new Error(details), { code, details });
}
