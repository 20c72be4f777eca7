import { Command } from 'commander';

import type { CheckRequest_QuotaParams } from '../../gen/istio/mixer/v1/check.js';
import { MixerError } from '../../util/errors.js';
import { splitPairs } from '../client/attribute-flags.js';
import { addClientFlags, attributesOf, type ClientFlags } from '../client/client-flags.js';
import { compressAttributes } from '../client/compress-attributes.js';
import { CallError, connectMixer } from '../client/connect.js';
import { formatCheckAnswer } from '../client/format-answer.js';
import { repeatCalls } from '../client/repeat-calls.js';
import { type CliContext, printLine } from '../context.js';
import { collect } from '../flag-parsers.js';

type CheckFlags = ClientFlags & { readonly quotas?: readonly string[] };

/** `fairlead check`: asks a Mixer whether a request may pass, as `mixc check` does. */
export function checkCommand(context: CliContext): Command {
  return addClientFlags(new Command('check'))
    .description('ask a Mixer whether a request with these attributes may pass')
    .option('-q, --quotas <name=amount,...>', 'quotas to ask for as well, best effort', collect)
    .action(async (flags: CheckFlags) => {
      await runCheck(flags, context);
    });
}

async function runCheck(flags: CheckFlags, context: CliContext): Promise<void> {
  const attributes = compressAttributes(attributesOf(flags));
  const quotas = readQuotas(flags.quotas ?? []);
  // A different id for every run and call: Mixer must not take them for retries of each other.
  const salt = newSalt();
  const mixer = connectMixer(flags.mixer);
  try {
    await repeatCalls(flags, async (iteration) => {
      const deduplicationId = `${salt}${iteration}`;
      const response = await mixer.check({ attributes, globalWordCount: 0, deduplicationId, quotas });
      if (flags.print_response) for (const line of formatCheckAnswer(response)) printLine(context.stdout, line);
    });
  } catch (error) {
    if (!(error instanceof CallError)) throw error;
    printLine(context.stdout, `Check RPC failed with ${error.message.trimEnd()}`);
    context.exitWith(1);
  } finally {
    mixer.close();
  }
}

function newSalt(): string {
  return `${Date.now()}${performance.now()}`;
}

function readQuotas(lists: readonly string[]): Record<string, CheckRequest_QuotaParams> {
  const pairs = lists
    .flatMap((list) => splitPairs(list, 'quotas'))
    .map(([name, text]) => {
      if (!/^[+-]?\d{1,18}$/.test(text))
        throw new MixerError('USAGE', `--quotas: the amount of ${name} must be a whole number, not '${text}'`);
      return [name, { amount: BigInt(text.replace('+', '')), bestEffort: true }] as const;
    });
  return Object.fromEntries(pairs);
}
