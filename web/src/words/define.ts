/** The same words in both languages; TypeScript refuses a word that one of them lacks. */
export interface Words<W> {
  zh: W;
  en: W;
}

export const defineWords = <W>(words: { zh: W; en: NoInfer<W> }): Words<W> => words;
