import { readFileSync } from 'node:fs';
import type { ConnectionOptions } from 'node:tls';
import { Cluster, Redis, type RedisOptions } from 'ioredis';
import { parseAddresses } from './address.js';
import type { RedisquotaConfig } from './config.js';

/** A client for one server, for the master that sentinels name, or for a cluster. It has not connected yet. */
export type Client = Redis | Cluster;

const firstRetryMillis = 50;
const lastRetryMillis = 2000;
// How long a server that is being left may take to end its side.
const lastWordsMillis = 100;
// A server that owes an answer for so long is gone, even if nobody closed the connection.
const deadAfterTimeouts = 20;

/** Makes the client; throws when a file that the configuration names cannot be read. */
export function createClient(config: RedisquotaConfig): Client {
  const { servers, encrypted, db, ...user } = parseAddresses(config.redisServerUrl);
  const tls = encrypted || config.tls !== undefined ? readTls(config) : undefined;
  const username = config.username === '' ? user.username : config.username;
  const password = config.passwordFile === '' ? user.password : readFileSync(config.passwordFile, 'utf8').trimEnd();
  const common = {
    ...(username === '' ? {} : { username }),
    ...(password === '' ? {} : { password }),
    lazyConnect: true,
    // A decision that is late is of no use, and one that is made twice is charged twice.
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: 0,
    connectTimeout: lastRetryMillis,
    disconnectTimeout: lastWordsMillis,
    socketTimeout: config.timeout.toMillis() * deadAfterTimeouts,
    // After a failover the old address may be that of a replica, which says so.
    reconnectOnError: (error: Error) => error.message.startsWith('READONLY'),
    disableClientInfo: true,
  } satisfies RedisOptions;
  if (config.mode === 'CLUSTER') {
    return new Cluster([...servers], {
      lazyConnect: true,
      // Elsewhere all requests share script calls, and calls should overlap, which pipelines of this kind do not.
      enableAutoPipelining: true,
      enableOfflineQueue: false,
      clusterRetryStrategy: backOff,
      clusterNodeRetryStrategy: backOff,
      slotsRefreshTimeout: lastRetryMillis,
      // The link asks. The library's own timer survives a disconnect that meets an answer under way, and never ends.
      slotsRefreshInterval: 0,
      retryDelayOnFailover: 0,
      retryDelayOnClusterDown: 0,
      redisOptions: { ...common, ...(tls === undefined ? {} : { tls }) },
    });
  }
  const one = { ...common, db, enableOfflineQueue: false, retryStrategy: backOff };
  if (config.mode === 'SENTINEL') {
    const encryption = tls === undefined ? {} : { tls, sentinelTLS: tls, enableTLSForSentinelMode: true };
    return new Redis({ ...one, ...encryption, sentinels: [...servers], name: config.sentinelName });
  }
  return new Redis({ ...one, ...servers[0]!, ...(tls === undefined ? {} : { tls }) });
}

function backOff(times: number): number {
  const most = Math.min(firstRetryMillis * 2 ** (times - 1), lastRetryMillis);
  // Many processes lose one Redis at one moment; they should not all come back at one moment.
  return most * (0.5 + Math.random() / 2);
}

function readTls({ tls }: RedisquotaConfig): ConnectionOptions {
  if (tls === undefined) return {};
  const file = (name: 'ca' | 'cert' | 'key', path: string): ConnectionOptions =>
    path === '' ? {} : { [name]: readFileSync(path) };
  return {
    ...file('ca', tls.caFile),
    ...file('cert', tls.certFile),
    ...file('key', tls.keyFile),
    ...(tls.serverName === '' ? {} : { servername: tls.serverName }),
  };
}
