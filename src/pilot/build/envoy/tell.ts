import { type BuildContext, leaveOut } from './context.js';

/** Tells of something that is left out of one resource or of a part of it. */
export type Tell = (message: string) => void;

/** Tells with a name of what it is about. */
export function tellOf(context: BuildContext, where: string): Tell {
  return (message) => {
    leaveOut(context, `${message}: ${where}`);
  };
}

/** Tells the same once only: one mistake shows at many places. */
export function once(tell: Tell = () => undefined): Tell {
  const told = new Set<string>();
  return (message) => {
    if (told.has(message)) return;
    told.add(message);
    tell(message);
  };
}
