// The packages of dashboards/package.json, which its generator and the checks share: installed when this is imported.

import { createRequire } from 'node:module';
import { install } from '../lib/node-packages.mjs';
import { pathOf } from './files.mjs';

install(pathOf('.'));
export const require = createRequire(pathOf('package.json'));
