// What each fault of the reference deployment must look like:
//   cause, severity, hop   the verdict, exactly
//   failing                the connect probes (websocket, polling) that fail, with their reasons; null where they fail
//                          in more than one way
//   fix                    from the deployment's state to what of the user's own must stand in the advice
//   by                     the probes whose runs are counted until the verdict; default: the connect probes
//   faults                 those that are made; default: the one that the entry is named after
//   slow                   it takes more runs than two to tell
//   profile, surroundings  how the agent meets the deployment, see profiles.mjs; default: as the deployment says
//   consequence            a cause that must be listed beside the verdict's
// A fault with the cause `none` is harmless: nothing may complain; with `restarts`, once the backend is back.
import { backend } from './backend.mjs';
import { nginx } from './nginx.mjs';
import { pairCases } from './pairs.mjs';
import { cases } from './profiles.mjs';
import { tokens } from './tokens.mjs';

const harmless = [
    'nginx-no-http11',
    'nginx-buffering-on',
    'nginx-connection-fixed',
    'nginx-upstream-localhost',
    'nginx-drops-authorization',
];
// To bring these about, the backend is started anew.
const harmlessAfterRestart = [
    'instances-ip-hash',
    'log-time',
    'log-date-format',
    'log-json',
    'log-merged',
    'log-nest-json',
];
const none = { cause: 'none', failing: {} };
const each = (faults, entry) => Object.fromEntries(faults.map((fault) => [fault, entry]));

// One fault of the deployment each.
export const single = {
    ...nginx,
    ...backend,
    ...tokens,
    ...each(harmless, none),
    ...each(harmlessAfterRestart, { ...none, restarts: true }),
};

export const expected = Object.fromEntries(
    Object.entries({ ...single, ...cases, ...pairCases }).map(([name, entry]) => [
        name,
        { faults: [name], ...entry },
    ]),
);
