import { FakeClock } from 'fairlead/testing';

import {
  type AttributeSet,
  type CallLimits,
  type CheckAnswer,
  type CheckCall,
  type ClientTime,
  createMixerClient,
  type MixerClient,
  type MixerClientOptions,
  type PreconditionAnswer,
  type QuotaAnswer,
  type Statistics,
  type Transport,
} from '../../../src/client/index.js';

/** What a script may answer to a Check. */
export type Script = (call: CheckCall, limits: CallLimits) => CheckAnswer | Promise<CheckAnswer>;

/** A Mixer that answers as a test says, and remembers what it was asked and told. */
export class ScriptedMixer implements Transport {
  readonly checks: CheckCall[] = [];
  readonly reports: (readonly AttributeSet[])[] = [];
  closed = 0;
  script: Script;
  onReport: (limits: CallLimits) => Promise<void> = () => Promise.resolve();

  constructor(script: Script = () => allow()) {
    this.script = script;
  }

  // Async, so that a script that throws is a call that fails.
  async check(call: CheckCall, limits: CallLimits): Promise<CheckAnswer> {
    this.checks.push(call);
    return this.script(call, limits);
  }

  report(sets: readonly AttributeSet[], limits: CallLimits): Promise<void> {
    this.reports.push(sets);
    return this.onReport(limits);
  }

  close(): void {
    this.closed++;
  }
}

/** An answer that allows, depends on nothing and holds for ever, but for what is given. */
export function allow(given: Partial<PreconditionAnswer> = {}, quotas: Record<string, QuotaAnswer> = {}): CheckAnswer {
  const precondition: PreconditionAnswer = {
    status: { code: 0, message: '' },
    validMillis: undefined,
    validUseCount: -1,
    dependencies: [],
    directive: undefined,
    ...given,
  };
  return { precondition, quotas: new Map(Object.entries(quotas)) };
}

/** An answer that denies. */
export function deny(code: number, message = '', given: Partial<PreconditionAnswer> = {}): CheckAnswer {
  return allow({ status: { code, message }, ...given });
}

/** What was granted of a quota that depends on nothing. */
export function grant(amount: number, given: Partial<QuotaAnswer> = {}): QuotaAnswer {
  return {
    grantedAmount: BigInt(amount),
    validMillis: undefined,
    status: { code: 0, message: '' },
    dependencies: [],
    ...given,
  };
}

/** A clock as the client wants it, turned by hand. */
export function fakeTime(): { readonly clock: FakeClock; readonly time: ClientTime } {
  const clock = new FakeClock();
  const start = clock.now();
  const scheduler = clock.createScheduler();
  const time: ClientTime = {
    wall: () => clock.now(),
    monotonic: () => clock.now() - start,
    after: (millis, work) => scheduler.after(millis, work),
    every: (millis, work) => scheduler.every(millis, work),
  };
  return { clock, time };
}

/** A client of a scripted Mixer on a fake clock; random numbers are 0.5. */
export function scripted(
  script?: Script,
  options: Partial<MixerClientOptions> = {},
): {
  readonly mixer: ScriptedMixer;
  readonly client: MixerClient;
  readonly clock: FakeClock;
  readonly time: ClientTime;
} {
  const mixer = new ScriptedMixer(script);
  const { clock, time } = fakeTime();
  const client = createMixerClient({ transport: mixer, time, random: () => 0.5, ...options });
  return { mixer, client, clock, time };
}

/** The counters that are not 0, without the common beginning of their names. */
export function counted(statistics: Statistics): Record<string, number> {
  return Object.fromEntries(
    Object.entries(statistics)
      .filter(([, value]) => value !== 0)
      .map(([name, value]) => [name.replace(/^total_/, ''), value]),
  );
}
