// Faults of the probe's own token, which are no outage: users' tokens are not concerned. And of every token.
import { everywhere } from './words.mjs';

const ownToken = {
    failing: everywhere('sio_rejected'),
    severity: 'unknown',
    hop: 'token',
    fix: ({ files }) => [files.token],
};

export const tokens = {
    'token-expired': { cause: 'token_expired', ...ownToken },
    'token-revoked': { cause: 'token_revoked', ...ownToken },
    'token-unknown': { cause: 'token_unknown', ...ownToken },
    'token-missing': {
        // Like backend-other-time-zone: the backend is started anew.
        slow: true,
        cause: 'token_missing',
        severity: 'down',
        hop: 'token',
        fix: () => ['client.handshake.auth.token', '/socket.io/'],
        failing: everywhere('sio_rejected'),
    },
};
