import { fuzzSteps } from './random-steps.ts';

fuzzSteps('register', 1600);
fuzzSteps('unseal', 400);
