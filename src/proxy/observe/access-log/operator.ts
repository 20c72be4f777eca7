/** What stands for a value that is not there. */
export const absent = '-';

/** Gives the text of one operator for one request or connection; undefined for what is not there. */
export type Read<T> = (subject: T) => string | undefined;

/** Makes the reader of an operator from what stands in its parentheses. Throws what is wrong with that. */
export type Operator<T> = (argument: string | undefined) => Read<T>;

export type OperatorTable<T> = ReadonlyMap<string, Operator<T>>;

/** An operator without parentheses. */
export function plain<T>(read: Read<T>): Operator<T> {
  return (argument) => {
    if (argument !== undefined) throw new Error('takes nothing in parentheses');
    return read;
  };
}

/** An operator that must have something in its parentheses. */
export function withArgument<T>(make: (argument: string) => Read<T>): Operator<T> {
  return (argument) => {
    if (argument === undefined || argument === '') throw new Error('wants something in parentheses');
    return make(argument);
  };
}
