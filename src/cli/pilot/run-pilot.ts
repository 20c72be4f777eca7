import { resolve } from 'node:path';
import { type ConfigStore, openStore } from '../../config/index.js';
import { createPilot, type Pilot, type PilotEnv, systemPilotEnv } from '../../pilot/index.js';
import type { Log } from '../../sdk/index.js';
import { createProblemLog } from '../proxy/problem-log.js';
import { openGrpcPorts, secureAddress } from './grpc-ports.js';
import { openHttpPorts, type PilotState } from './http-ports.js';
import { readMeshDefaults, withMesh } from './mesh-defaults.js';
import { type OpenRegistries, openRegistries } from './open-registries.js';
import type { PilotFlags } from './pilot-flags.js';

/** What a Pilot is run with. */
export interface PilotRun {
  readonly flags: PilotFlags;
  readonly workingDirectory: string;
  readonly version: string;
  readonly log: Log;
  /** Settles when the process is asked to stop, with what asked. */
  readonly stop: Promise<string>;
}

type Closing = (() => Promise<unknown>)[];

/**
 * Runs a Pilot until it is asked to stop: reads the configuration, waits for the registries, serves, and at the end sends
 * proxies elsewhere.
 *
 * @throws MixerError LISTEN_FAILED or USAGE
 */
export async function runPilot(run: PilotRun): Promise<void> {
  const closing: Closing = [];
  try {
    await serve(run, closing);
  } finally {
    for (const close of closing.reverse()) await close();
  }
  run.log.info('stopped');
}

async function serve(run: PilotRun, closing: Closing): Promise<void> {
  const { flags, version, log, stop } = run;
  const env = systemPilotEnv(log);
  const secure = secureAddress(flags);
  const state: PilotState = { pilot: undefined, notReady: 'reading the configuration' };
  const http = await openHttpPorts(flags, { version, state });
  closing.push(() => http.close());
  for (const { what, url } of http.addresses) log.info(`serving ${what} on ${url}`);
  const store = await openConfig(run);
  closing.push(() => store.close());
  await store.start();
  const registries = await openRegistries(flags, store, env);
  closing.push(() => registries.close());
  const asked = await waitFor(registries, { run, env, state });
  if (asked !== undefined) {
    log.info(`stopping on ${asked}`);
    return;
  }
  const pilot = startPilot(run, { store, registries, env });
  closing.push(() => {
    pilot.close();
    return Promise.resolve();
  });
  const grpc = await openGrpcPorts(pilot.xds, flags, secure);
  closing.push(() => grpc.close(flags.drainDuration.toMillis()));
  closing.push(keepSynced(pilot, flags));
  for (const where of grpc.addresses) log.info(`serving xDS on ${where}`);
  Object.assign(state, { pilot, notReady: undefined });
  log.info('ready', { services: pilot.model.services.services.length });
  log.info(`stopping on ${await stop}`);
  state.notReady = 'stopping';
}

async function openConfig({ flags, workingDirectory, log }: PilotRun): Promise<ConfigStore> {
  const path = encodeURI(resolve(workingDirectory, flags.configDir));
  const store = openStore(`fs://${path}`, { defaultNamespace: flags.namespace, log });
  return withMesh(store, await readMeshDefaults(flags, workingDirectory));
}

interface Parts {
  readonly store: ConfigStore;
  readonly registries: OpenRegistries;
  readonly env: PilotEnv;
}

function startPilot({ flags, version, log }: PilotRun, { store, registries, env }: Parts): Pilot {
  const problems = createProblemLog(log);
  const told = new Set<string>();
  return createPilot({
    ...{ store, registries: registries.registries, env, version },
    limits: { quietMillis: flags.debounceAfter.toMillis(), maxMillis: flags.debounceMax.toMillis() },
    onDiagnostics: (found) => problems.replace('configuration', found),
    onProblem(message) {
      // Each push finds them again.
      if (told.has(message) || told.size >= MAX_TOLD) return;
      told.add(message);
      log.warn(message);
    },
  });
}

const MAX_TOLD = 1000;
/** How often it is told what is waited for. */
const patienceMillis = 10_000;

/** Waits until the registries know what there is; gives what asked to stop when that came first. */
async function waitFor(
  { ready, waiting }: OpenRegistries,
  { run, env, state }: { readonly run: PilotRun; readonly env: PilotEnv; readonly state: PilotState },
): Promise<string | undefined> {
  let cancel = (): void => undefined;
  const tell = (): void => {
    state.notReady = `waiting for ${waiting().join(', ')}`;
    cancel = env.after(patienceMillis, () => {
      tell();
      run.log.warn(state.notReady ?? '');
    });
  };
  tell();
  const asked = await Promise.race([ready.then(() => undefined), run.stop]);
  cancel();
  return asked;
}

/** Works out everything now and then, for those who ask for it. */
function keepSynced({ xds }: Pilot, { resync }: PilotFlags): () => Promise<void> {
  const millis = resync.toMillis();
  const timer = millis < 1 ? undefined : setInterval(() => xds.notify({ kind: 'full' }), millis);
  return () => {
    clearInterval(timer);
    return Promise.resolve();
  };
}
