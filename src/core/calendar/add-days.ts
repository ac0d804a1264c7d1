/** A local day (YYYY-MM-DD) some days later; apart, so that the pages need no calendar library for it. */
export function addDays(day: string, days: number): string {
  const date = new Date(`${day}T00:00:00Z`);
  date.setUTCDate(date.getUTCDate() + days);
  return date.toISOString().replace(/T.*$/, '');
}
