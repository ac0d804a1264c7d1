/** How a hand-over of a lead can stand; exactly one of them holds. */
export const OUTCOMES = ['kept', 'late', 'overdue', 'missed', 'pending', 'closed'] as const;
export type Outcome = (typeof OUTCOMES)[number];

/** What leads can be asked for: an outcome, or several of them. */
export const ANSWERS = [...OUTCOMES, 'answered', 'broken', 'waiting'] as const;
export type Answer = (typeof ANSWERS)[number];

export const OUTCOMES_OF: Readonly<Record<Answer, readonly Outcome[]>> = {
  kept: ['kept'],
  late: ['late'],
  overdue: ['overdue'],
  missed: ['missed'],
  pending: ['pending'],
  closed: ['closed'],
  answered: ['kept', 'late'],
  broken: ['late', 'overdue', 'missed'],
  waiting: ['overdue', 'pending'],
};
