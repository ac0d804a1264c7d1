import type { Command } from 'commander';
import type { Translate } from '../../../core/diagnostic/wording.ts';

/** Adds a command to the program, described in the user's language. */
export type CommandMaker = (program: Command, translate: Translate) => void;
