// Preloaded into a server under test: tells the benchmark its CPU time and memory.
process.on('message', (message) => {
  if (message === 'gc') globalThis.gc?.();
  process.send({ cpu: process.cpuUsage(), memory: process.memoryUsage() });
});
// The channel must not keep a server alive that has been asked to stop.
process.channel?.unref();
