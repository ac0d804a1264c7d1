import { z } from 'zod';

// Zod's compiled checks need eval, which the server's content policy forbids. It must be told before any
// schema is made, and so this module is imported before all others.
z.config({ jitless: true });
