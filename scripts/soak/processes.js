// Which processes a run has left, of whatever generation.
import { readdirSync, readFileSync } from 'node:fs';

/** Every process whose environment names a folder: a child inherits it, though it leaves group and session of its parent. */
export function processesOf(folder) {
  const ids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return ids.filter((id) => environmentOf(id).includes(folder)).map(Number);
}

function environmentOf(id) {
  try {
    return readFileSync(`/proc/${id}/environ`, 'latin1');
  } catch {
    // Ended since, or another user's.
    return '';
  }
}

export function endAll(ids) {
  for (const id of ids) {
    try {
      process.kill(id, 'SIGKILL');
    } catch {
      // Ended since.
    }
  }
}
