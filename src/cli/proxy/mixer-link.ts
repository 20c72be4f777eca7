import { createEmbeddedTransport, createGrpcTransport, type Transport } from '../../client/index.js';
import { createMixer, type Mixer } from '../../create-mixer.js';
import type { Adapter, Log } from '../../sdk/index.js';
import { formatDiagnostic } from '../../util/diagnostics.js';

export interface MixerLinkOptions {
  /** `embedded`, `none`, or host:port. */
  readonly mixer: string;
  readonly configDir: string;
  readonly adapters: readonly Adapter[];
  readonly adapterTimeoutMillis: number;
  readonly sourceUid: string;
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

export async function openMixerLink(options: MixerLinkOptions): Promise<MixerLink> {
  const { mixer, sourceUid } = options;
  const nothing = { metrics: () => Promise.resolve(''), close: () => Promise.resolve() };
  if (mixer === 'none') return { makeTransport: undefined, ...nothing };
  if (mixer !== 'embedded') {
    return { makeTransport: () => createGrpcTransport(mixer, { sourceUid }), ...nothing };
  }
  const engine = await startEngine(options);
  return {
    makeTransport: () => createEmbeddedTransport(engine),
    metrics: () => engine.metrics(),
    close: () => engine.close(),
  };
}

async function startEngine({ configDir, adapters, adapterTimeoutMillis, log }: MixerLinkOptions): Promise<Mixer> {
  const engine = await createMixer({ config: { path: configDir }, adapters, adapterTimeoutMillis, log });
  for (const diagnostic of engine.diagnostics) log.warn(formatDiagnostic(diagnostic));
  return engine;
}
