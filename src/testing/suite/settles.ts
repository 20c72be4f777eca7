/** The promise's outcome; rejects when it has none in time: for those that never come, not for slow ones. */
export async function settles<T>(promise: Promise<T>, what: string, { millis = 5000 } = {}): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const impatience = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`${what} does not settle within ${millis} ms`)), millis);
  });
  try {
    return await Promise.race([promise, impatience]);
  } finally {
    clearTimeout(timer);
  }
}
