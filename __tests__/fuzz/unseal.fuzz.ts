import { playInside } from './suite.ts';

playInside('unseal', 800);
