#!/usr/bin/env node
/** The program `user-statuses`: finds the command that it is told. Each is a program of its own. */

const COMMANDS: Readonly<Record<string, { summary: string; run: () => Promise<unknown> }>> = {
  copy: {
    summary: 'makes another database hold the same data set',
    run: () => import('./copy.js'),
  },
  reset: {
    summary: 'deletes all that is stored, after asking',
    run: () => import('./reset.js'),
  },
  token: {
    summary: 'prints a token that the service accepts in local mode',
    run: () => import('./token.js'),
  },
};

const USAGE = [
  'Usage: user-statuses COMMAND [OPTIONS]',
  '',
  ...Object.entries(COMMANDS).map(([name, { summary }]) => `  ${name.padEnd(6)}  ${summary}`),
  '',
  "'user-statuses COMMAND --help' shows the options of one.",
].join('\n');

const MISUSED = 2;

const [name = ''] = process.argv.splice(2, 1);
if (Object.hasOwn(COMMANDS, name)) {
  await COMMANDS[name]!.run();
} else if (name === '--help') {
  process.stdout.write(`${USAGE}\n`);
} else {
  const fault = name === '' ? 'say which command' : `there is no command '${name}'`;
  process.stderr.write(`user-statuses: ${fault}\n${USAGE}\n`);
  process.exitCode = MISUSED;
}
