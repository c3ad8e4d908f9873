import { loadTests } from './load-tests.ts';

await loadTests('sprinklr/');
