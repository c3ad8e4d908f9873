import { fuzzSteps } from './random-steps.ts';

fuzzSteps('token', 3000);
fuzzSteps('token', 3000, { verify: 'true' });
