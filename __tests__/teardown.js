import { rmSync } from 'node:fs';

export default function teardown() {
  rmSync(process.env['TESTS_FOLDER'] ?? '', { recursive: true, force: true });
}
