/** Takes one instance after the other. One that cannot be taken does not keep the others from it; in the end it is told. */
export function takeAll<T extends { readonly name: string }>(
  instances: readonly T[],
  take: (instance: T) => void,
): void {
  const problems: string[] = [];
  for (const instance of instances) {
    try {
      take(instance);
    } catch (cause) {
      problems.push(`${instance.name}: ${cause instanceof Error ? cause.message : String(cause)}`);
    }
  }
  if (problems.length > 0) throw new Error(problems.join('; '));
}
