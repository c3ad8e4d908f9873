const action = (...names) => `action/@(${names.join('|')}).test`;

/**
 * The tests that judge the mutants of a room: those about it, as one that only passes by takes long to say nothing.
 * None is among them that needs a process for each step, since Stryker sees nothing of what happens there, as it does in
 * those of the command line (child.cjs); none that waits for a time to be over; and none of those that take the time of long
 * values, since on a busy machine they would kill whatever it is.
 */
export const JUDGES = {
  'src/action': [
    action(
      'inputs',
      'outputs',
      'masking',
      'masking-unit',
      'token',
      'register',
      'seal',
      'unseal',
      'certificates',
      'verify',
      'keys',
    ),
  ],
  'src/cli': [
    'cli/{authorize,command-line,demo,doctor,doctor-live,doctor-traps,doctor-values,keygen,simulate}.test',
  ],
  'src/credentials': [
    'credentials/{assertion,certificate,der,keygen,not-a-key,private-key,sealed-token}.test',
    action('certificates', 'inputs', 'keys', 'register', 'seal', 'unseal'),
  ],
  'src/modes': [
    action('token', 'register', 'seal', 'unseal', 'certificates', 'verify', 'outputs', 'inputs', 'clock'),
    'slow/quoted-messages.slow',
  ],
  'src/sprinklr': [
    'sprinklr/{answer,app-id,consent,gateway,http,identity,network-failure,proxy,registration,rejection,tokens,waiting}.test',
    action('token', 'register', 'verify', 'clock', 'success-answers', 'redirects', 'quotes'),
  ],
  'src/errors.ts': [action('inputs', 'outputs', 'seal')],
  'src/index.ts': [action('token', 'register', 'unseal')],
};
