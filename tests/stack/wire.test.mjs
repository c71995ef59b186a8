// What the wire shows, asserted against a stack that is up: GATEWATCH_STACK_DIR=DIR node --test
// tests/stack/wire.test.mjs The tests break and mend that stack; nobody else may use it meanwhile. With
// GATEWATCH_THOROUGH=1 also what takes the server's own 25 s and 45 s.
import './wire/listed.mjs';
import './wire/exchange.mjs';
import './wire/answers.mjs';
import './wire/faults.mjs';
import './wire/refusals.mjs';
import './wire/backends.mjs';
import './wire/cluster.mjs';
import './wire/idle.mjs';
