import { playInside } from './suite.ts';

playInside('token', 3000, { verify: 'true' });
