import { playInside } from './suite.ts';

playInside('token', 3000);
