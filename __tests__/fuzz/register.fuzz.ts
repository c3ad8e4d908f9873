import { playInside } from './suite.ts';

playInside('register', 3200);
