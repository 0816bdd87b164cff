/** The process. Where there is a bundle of the service it runs that, and else the service module by module. */
import { setFlagsFromString } from 'node:v8';

import { compileBundle, runBundle } from './bundle.js';

const bundle = compileBundle();

// V8 would collect old objects at four times of what lives, which is little here; at half of it more, the process is a
// quarter smaller under load and no slower. Not before the bundle: V8 refuses a code cache that was made with other flags.
setFlagsFromString('--heap-growing-percent=50');

if (bundle === undefined) await import('./serve.js');
else runBundle(bundle);
