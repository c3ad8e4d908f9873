import { fuzzSteps } from './random-steps.ts';

fuzzSteps('token', 1500);
fuzzSteps('token', 1500, { verify: 'true' });
