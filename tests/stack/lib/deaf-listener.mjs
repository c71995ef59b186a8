// Listens on the ports that are named and never accepts: once the short queue of each is full, the kernel drops
// every SYN, as a firewall does. The fault nginx-drops-syn.
import net from 'node:net';

const listens = process.argv.slice(2).map(
    (port) =>
        new Promise((resolve, reject) => {
            net.createServer()
                .on('error', reject)
                .listen({ port: Number(port), host: '127.0.0.1', backlog: 1 }, resolve);
        }),
);
await Promise.all(listens);
// The event loop never turns again, so nothing is accepted.
Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
