#!/usr/bin/env node
import './node-version.ts';
import { reportError } from './errors.ts';
import { processIo } from './io.ts';
import { main } from './program.ts';

const io = processIo();
for (const stream of [io.stdout, io.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    // The reader of a pipe ended, such as `head`, or the terminal was closed.
    if (error.code === 'EPIPE' || error.code === 'EIO') return;
    process.exit(reportError(error, io, { debug: false }));
  });
}

void main(process.argv.slice(2), io).then((exitCode) => {
  process.exitCode = exitCode;
  if (io.abandonsWork === true) process.exit();
});
