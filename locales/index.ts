export const languages = ['es', 'en'] as const;
