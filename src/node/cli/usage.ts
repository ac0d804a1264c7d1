import type { CommanderError, HelpConfiguration, Option } from 'commander';
import { fault } from '../../core/diagnostic/diagnostic.ts';
import type { Diagnostic } from '../../core/diagnostic/diagnostic.ts';
import { nearest } from '../../core/diagnostic/nearest.ts';
import type { Translate } from '../../core/diagnostic/wording.ts';

/** What Commander says, in English and with the names only inside its sentences, as faults of our own. */
const FORMS: readonly (readonly [RegExp, (found: readonly string[], detail: string) => Diagnostic])[] = [
  [
    /^unknown command '(.*?)'/,
    ([name = ''], detail) => fault('cli.unknown_command', { name, nearest: meant(detail) }),
  ],
  [
    /^unknown option '(.*?)'/,
    ([name = ''], detail) => fault('cli.unknown_option', { name, nearest: meant(detail) }),
  ],
  [/^missing required argument '(.*?)'/, ([name = '']) => fault('cli.missing_argument', { name })],
  [/^option '(.*?)' argument missing/, ([name = '']) => fault('cli.missing_value', { name })],
  [
    /^option '(.*?)' argument '(.*)' is invalid\. Allowed choices are (.*)\.$/s,
    ([name = '', value = '', choices = '']) =>
      fault('cli.not_one_of', { name, value, choices, nearest: nearest(value, choices.split(', ')) ?? '' }),
  ],
  [/^too many arguments for '(.*?)'/, ([name = '']) => fault('cli.too_many', { name })],
];

/** The first of the names that Commander proposes. */
function meant(detail: string): string {
  return /\(Did you mean (?:one of )?([^,?]+)/.exec(detail)?.[1] ?? '';
}

/** A wrong use of the command line, as a fault that is told in the user's language. */
export function usageFault(error: CommanderError): Diagnostic {
  const detail = error.message.replace(/^error: /, '');
  for (const [form, make] of FORMS) {
    const found = form.exec(detail);
    if (found) return make(found.slice(1), detail);
  }
  return fault('cli.usage', { detail });
}

/** The words of the help that are Commander's own. */
export function helpIn(translate: Translate): HelpConfiguration {
  return {
    showGlobalOptions: true,
    styleTitle: (title) => translate(`cli.title.${title.replace(':', '').toLowerCase()}`),
    optionDescription: (option: Option) => {
      const { description, argChoices, defaultValue } = option;
      const given: unknown = defaultValue;
      const notes = [
        ...(argChoices === undefined ? [] : [argChoices.join(' | ')]),
        ...(typeof given === 'string' ? [translate('cli.option.default', { value: given })] : []),
      ];
      return notes.length === 0 ? description : `${description} (${notes.join('; ')})`;
    },
  };
}
