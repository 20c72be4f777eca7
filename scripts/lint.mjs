// npm run lint: all checks, two at a time, the longest first; what each says comes in one piece.
import { spawn } from 'node:child_process';

const waiting = ['code', 'types', 'package', 'format', 'layers', 'unused'];
const failed = [];

function run(name) {
  return new Promise((resolve) => {
    const child = spawn('npm', ['run', '--silent', `lint:${name}`], { stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    child.stdout.on('data', (chunk) => (output += chunk));
    child.stderr.on('data', (chunk) => (output += chunk));
    child.once('close', (code) => {
      if (code !== 0) {
        failed.push(name);
        console.log(`lint:${name} failed\n${output}`);
      }
      resolve();
    });
  });
}

async function lane() {
  for (let name = waiting.shift(); name !== undefined; name = waiting.shift()) await run(name);
}

await Promise.all([lane(), lane()]);
if (failed.length > 0) process.exitCode = 1;
