import { config } from 'zod/mini';

// Zod's compiled checks need eval, which the server's content policy forbids. It must be told before any
// schema is made, and so the form, with which Zod comes, imports this module before all others.
config({ jitless: true });
