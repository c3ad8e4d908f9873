import { fuzzSteps } from './random-steps.ts';

fuzzSteps('register', 3200);
fuzzSteps('unseal', 800);
