const action = (...names) => `action/{${names.join(',')}}.test`;
// Every message that docs/troubleshooting.md quotes, to the letter.
const messages = 'slow/quoted-messages.slow';

/**
 * The tests that judge the mutants of a folder: those that are about it, as one that only passes by takes long to say
 * nothing. None is among them that needs a process for each step, since Stryker sees nothing of what happens there.
 */
export const JUDGES = {
  'src/modes': [
    action('token', 'register', 'seal', 'unseal', 'certificates', 'verify', 'outputs', 'inputs', 'clock'),
    messages,
  ],
  'src/action': [
    action('inputs', 'outputs', 'masking-unit', 'masking', 'token', 'register', 'seal', 'unseal'),
    action('certificates', 'keys', 'verify', 'quotes'),
    messages,
  ],
  'src/sprinklr': [
    'sprinklr/*.test',
    action('token', 'register', 'verify', 'clock', 'answers', 'success-answers', 'register-answers'),
    action('quotes', 'redirects', 'retries'),
    messages,
  ],
  'src/credentials': [
    'credentials/*.test',
    action('keys', 'certificates', 'inputs', 'seal', 'unseal'),
    messages,
  ],
};
