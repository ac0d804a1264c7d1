import { useSearch } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import type { BreakdownAnswer } from '../../../src/core/measures/answer.ts';
import { groupText } from '../../../src/core/measures/group-text.ts';
import { breakdownSvg } from '../charts/breakdown-svg.ts';
import { useReading } from '../language.tsx';
import { longDay } from './dates.ts';
import type { View } from './use-view.ts';

/** The hues of the light theme: a picture is on white wherever it is shown. */
const HUES = { marketing: '#1f5fa8', sales: '#a94f08' } as const;
/** Pixels of the picture for one of the drawing. */
const SHARPNESS = 2;

function save(content: Blob, name: string): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(content);
  link.download = name;
  link.click();
  // The download has begun by then; the picture need not stay in memory.
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

async function savePng(svg: string, name: string): Promise<void> {
  const image = new Image();
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(svg)}`;
  await image.decode();
  const canvas = document.createElement('canvas');
  canvas.width = image.width * SHARPNESS;
  canvas.height = image.height * SHARPNESS;
  const pen = canvas.getContext('2d');
  pen?.drawImage(image, 0, 0, canvas.width, canvas.height);
  canvas.toBlob((blob) => {
    if (blob !== null) save(blob, name);
  }, 'image/png');
}

/** A breakdown to take along: its numbers as CSV or XLSX, its picture as SVG or PNG. */
export function Downloads({
  csv,
  xlsx,
  answer,
  view,
  title,
}: {
  readonly csv: string;
  readonly xlsx: string;
  readonly answer: BreakdownAnswer | undefined;
  readonly view: View;
  readonly title: string;
}): ReactNode {
  const { t, language } = useReading();
  const state = useSearch({ strict: false });
  const draw = (shown: BreakdownAnswer): string =>
    breakdownSvg(shown, {
      title,
      asked: `${view.status.name} · ${t('printed.asked', {
        from: longDay(shown.range.from, language),
        to: longDay(shown.range.to, language),
        mode: shown.mode,
        compared: 'no',
        before_from: '',
        before_to: '',
      })} ${(state.filter ?? []).join(' · ')}`,
      legend: t('downloads.legend', { rate: view.format.percent(shown.total.rate.rate) }),
      hue: HUES[view.hue(view.agreement.stages.find((stage) => stage.id === shown.stages[1])?.owner ?? '')],
      weekStarts: view.agreement.week_starts,
      name: (group, part) => groupText(group.kind, group.value, part, t, group.members),
      percent: (rate) => view.format.percent(rate),
      count: (value) => view.format.count(value),
      weekday: (day) => t(`weekday.${day}`),
    });
  const name = `tregua-${answer?.dimension ?? 'breakdown'}${answer?.second ? `-${answer.second.dimension}` : ''}`;
  return (
    <fieldset className="downloads">
      <legend>{t('downloads.title')}</legend>
      <a className="button" href={csv} download>
        CSV
      </a>
      <a className="button" href={xlsx} download>
        XLSX
      </a>
      <button
        type="button"
        disabled={answer === undefined}
        onClick={() => {
          if (answer) save(new Blob([draw(answer)], { type: 'image/svg+xml' }), `${name}.svg`);
        }}
      >
        SVG
      </button>
      <button
        type="button"
        disabled={answer === undefined}
        onClick={() => {
          if (answer) void savePng(draw(answer), `${name}.png`);
        }}
      >
        PNG
      </button>
    </fieldset>
  );
}
