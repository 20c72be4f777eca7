import { Command } from 'commander';

import { ReportRequest_RepeatedAttributesSemantics } from '../../gen/istio/mixer/v1/report.js';
import { addClientFlags, attributesOf, type ClientFlags } from '../client/client-flags.js';
import { compressAttributes } from '../client/compress-attributes.js';
import { CallError, connectMixer } from '../client/connect.js';
import { repeatCalls } from '../client/repeat-calls.js';
import { type CliContext, printLine } from '../context.js';

/** `fairlead report`: tells a Mixer what became of a request, as `mixc report` does. */
export function reportCommand(context: CliContext): Command {
  return addClientFlags(new Command('report'))
    .description('report to a Mixer what became of a request with these attributes')
    .action(async (flags: ClientFlags) => {
      await runReport(flags, context);
    });
}

async function runReport(flags: ClientFlags, context: CliContext): Promise<void> {
  const attributes = compressAttributes(attributesOf(flags));
  const request = {
    attributes: new Array<typeof attributes>(flags.report_batch_size).fill(attributes),
    defaultWords: [],
    globalWordCount: 0,
    repeatedAttributesSemantics: ReportRequest_RepeatedAttributesSemantics.INDEPENDENT_ENCODING,
  };
  const mixer = connectMixer(flags.mixer);
  try {
    await repeatCalls(flags, async () => {
      await mixer.report(request);
      if (flags.print_response) printLine(context.stdout, 'Report RPC returned OK');
    });
  } catch (error) {
    if (!(error instanceof CallError)) throw error;
    printLine(context.stdout, `Report RPC failed with ${error.message.trimEnd()}`);
    context.exitWith(1);
  } finally {
    mixer.close();
  }
}
