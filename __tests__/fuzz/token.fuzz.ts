import { playInside } from './suite.ts';

playInside('token', 6000);
