import type { Command } from 'commander';

import type { Value } from '../../attributes/index.js';
import { boolean, collect, decimal, integer } from '../flag-parsers.js';
import { readAttributeFlags } from './attribute-flags.js';
import type { Repetition } from './repeat-calls.js';

type ListFlag = readonly string[] | undefined;

/** The flags that `check` and `report` share. */
export interface ClientFlags extends Repetition {
  readonly mixer: string;
  readonly print_response: boolean;
  readonly report_batch_size: number;
  readonly attributes: ListFlag;
  readonly string_attributes: ListFlag;
  readonly int64_attributes: ListFlag;
  readonly double_attributes: ListFlag;
  readonly bool_attributes: ListFlag;
  readonly timestamp_attributes: ListFlag;
  readonly duration_attributes: ListFlag;
  readonly bytes_attributes: ListFlag;
  readonly stringmap_attributes: ListFlag;
}

const types = [
  ['-s, --string_attributes', 'STRING'],
  ['-i, --int64_attributes', 'INT64'],
  ['-d, --double_attributes', 'DOUBLE'],
  ['-b, --bool_attributes', 'BOOL'],
  ['-t, --timestamp_attributes', 'TIMESTAMP, in RFC 3339'],
  ['--duration_attributes', 'DURATION, as Go writes it'],
  ['--bytes_attributes', 'IP_ADDRESS, as 0a:0b:0c:0d'],
  ['--stringmap_attributes', 'STRING_MAP, as key1:value1;key2:value2'],
] as const;

/** Adds the flags of Mixer's test client (mixer-core.md 6.13). */
export function addClientFlags(command: Command): Command {
  command
    .option('-m, --mixer <address>', 'where the Mixer listens: host:port or unix://path', 'localhost:9091')
    .option('-r, --repeat <n>', 'number of calls', integer(1), 1)
    .option('-c, --concurrency <n>', 'calls at once', integer(1), 1)
    .option('--rate <n>', 'calls a second, -1 for as many as possible', decimal, -1)
    .option('--print_response [bool]', 'print each answer', boolean, true)
    .option('--report_batch_size <n>', 'attribute sets in one report', integer(1), 1)
    .option('-a, --attributes <n1=v1,...>', 'attributes of types that are guessed', collect);
  for (const [flag, what] of types) command.option(`${flag} <n1=v1,...>`, `attributes of type ${what}`, collect);
  return command;
}

/** The attributes that the flags give. */
export function attributesOf(flags: ClientFlags): Map<string, Value> {
  return readAttributeFlags({
    auto: flags.attributes ?? [],
    string: flags.string_attributes ?? [],
    int64: flags.int64_attributes ?? [],
    double: flags.double_attributes ?? [],
    bool: flags.bool_attributes ?? [],
    timestamp: flags.timestamp_attributes ?? [],
    duration: flags.duration_attributes ?? [],
    bytes: flags.bytes_attributes ?? [],
    stringmap: flags.stringmap_attributes ?? [],
  });
}
