import type { Secrets } from '../../context.ts';
import { describePrivateKey } from '../../credentials/private-key.ts';
import { sanitize } from '../../redaction.ts';
import type { Io } from '../io.ts';
import { canBeShown } from '../plain-values.ts';
import { rawReader, type Values } from '../values.ts';
import type { DoctorContext } from './check.ts';

/** What the checks of a set of values get. */
export function createDoctorContext(values: Values, secrets: Secrets, io: Io): DoctorContext {
  const { reveals } = secrets;
  return {
    values,
    read: rawReader(values),
    show: (text) => (describePrivateKey(text) === undefined ? sanitize(text, secrets) : '(a private key)'),
    quote: (name, text) =>
      canBeShown(name, text) && !reveals(text)
        ? text
        : `${text.length} characters (not shown: it could be a secret)`,
    reveals,
    io,
  };
}
