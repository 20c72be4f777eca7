import { createEmbeddedTransport, createGrpcTransport, type Transport } from '../../client/index.js';
import { createMixer } from '../../create-mixer.js';
import type { Adapter, Log } from '../../sdk/index.js';
import type { ProblemLog } from './problem-log.js';

export interface MixerLinkOptions {
  /** `embedded`, `none`, or host:port. */
  readonly mixer: string;
  readonly configDir: string;
  /** Of resources that name none. */
  readonly namespace: string;
  readonly adapters: readonly Adapter[];
  readonly adapterTimeoutMillis: number;
  readonly sourceUid: string;
  readonly problems: ProblemLog;
  readonly log: Log;
}

/** The way to the Mixer that the command line names. */
export interface MixerLink {
  /** Undefined when there is none. */
  readonly makeTransport: (() => Transport) | undefined;
  /** What adapters of an embedded Mixer expose. */
  metrics(): Promise<string>;
  close(): Promise<void>;
}

const lookMillis = 1_000;

export async function openMixerLink(options: MixerLinkOptions): Promise<MixerLink> {
  const { mixer, sourceUid } = options;
  const nothing = { metrics: () => Promise.resolve(''), close: () => Promise.resolve() };
  if (mixer === 'none') return { makeTransport: undefined, ...nothing };
  if (mixer === 'embedded') return startEngine(options);
  return { makeTransport: () => createGrpcTransport(mixer, { sourceUid }), ...nothing };
}

async function startEngine(options: MixerLinkOptions): Promise<MixerLink> {
  const { configDir, namespace, adapters, adapterTimeoutMillis, problems, log } = options;
  const engine = await createMixer({ config: { path: configDir }, namespace, adapters, adapterTimeoutMillis, log });
  let seen: unknown;
  const look = (): void => {
    const { diagnostics } = engine;
    if (diagnostics === seen) return;
    seen = diagnostics;
    problems.replace('mixer', diagnostics);
  };
  look();
  // The engine follows the folder by itself, and calls nobody when it has.
  const timer = setInterval(look, lookMillis).unref();
  return {
    makeTransport: () => createEmbeddedTransport(engine),
    metrics: () => engine.metrics(),
    close: async () => {
      clearInterval(timer);
      await engine.close();
    },
  };
}
