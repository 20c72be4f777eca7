import type { Value, ValueType } from 'fairlead/sdk';

import type { Level } from './config.js';
import { encodeValue, quote } from './encode.js';
import { FieldWriter } from './field-writer.js';

type Fields = Readonly<Record<string, Value | undefined>>;

/** Level names as zap, the logging library of Mixer, prints them. */
const levelNames: Readonly<Record<Level, string>> = { INFO: 'info', WARNING: 'warn', ERROR: 'error' };

/** What a line says besides its fields. */
export interface LineHead {
  readonly level: Level;
  /** UTC with six fraction digits. */
  readonly time: string;
}

/** What is known of an instance when the handler is built. */
export interface InstanceShape {
  readonly name: string;
  /** Of the variables or dimensions; others are not printed. */
  readonly fields: Readonly<Record<string, ValueType>>;
  /** Of a metric's value; undefined for log entries. */
  readonly value?: ValueType | undefined;
}

/** Makes the lines of one instance: `level`, `time`, `instance`, a metric's `value`, then the fields by name. */
export class LineFormat {
  readonly #heads: Readonly<Record<Level, string>>;
  readonly #middle: string;
  readonly #fields: FieldWriter;
  readonly #json: boolean;
  readonly #valueType: ValueType;

  constructor(shape: InstanceShape, options: { readonly json: boolean }) {
    this.#json = options.json;
    this.#fields = new FieldWriter(shape.fields, options.json ? ':' : ': ');
    this.#valueType = shape.value ?? 'VALUE_TYPE_UNSPECIFIED';
    const head = (level: Level): string =>
      options.json ? `{"level":"${levelNames[level]}","time":"` : levelNames[level];
    this.#heads = { INFO: head('INFO'), WARNING: head('WARNING'), ERROR: head('ERROR') };
    this.#middle = options.json ? `","instance":${quote(shape.name)}` : `\t${oneLine(shape.name)}`;
  }

  /** One line with its newline. `value` is a metric's. */
  format(head: LineHead, fields: Fields, value?: Value): string {
    const measured = value === undefined ? '' : encodeValue(value, this.#valueType);
    return this.#json ? this.#formatJson(head, fields, measured) : this.#formatText(head, fields, measured);
  }

  #formatJson({ level, time }: LineHead, fields: Fields, measured: string): string {
    const head = this.#heads[level] + time + this.#middle;
    return this.#fields.write(fields, measured === '' ? head : `${head},"value":${measured}`, '}\n');
  }

  #formatText({ level, time }: LineHead, fields: Fields, measured: string): string {
    const context = this.#fields.write(fields, measured === '' ? '' : `, "value": ${measured}`, '');
    const column = context === '' ? '' : `\t{${context.slice(2)}}`;
    return `${time}\t${this.#heads[level]}${this.#middle}${column}\n`;
  }
}

// A name is from a user's configuration; it must not be able to start a line of its own.
function oneLine(name: string): string {
  return /[\t\n\r]/.test(name) ? quote(name) : name;
}
